package simulate

import (
	"bytes"
	"errors"
	"io"
	"net/http"
	"slices"
	"strconv"
	"time"

	"github.com/warren-sync/warren/internal/faults"
)

// wire is the network between Warren and the source.
type wire struct {
	world  *world
	clock  crmClock
	source http.RoundTripper
	dice   dice
	kept   map[string][]keptAnswer // by call, the oldest first
}

// keptAnswer is an answer that a cache before the source may give again.
type keptAnswer struct {
	at   time.Time
	resp http.Response
	body []byte
}

func newWire(w *world) *wire {
	clock := w.sourceClock()
	return &wire{
		world: w, clock: clock, source: faults.InProcess(w.company, clock), dice: newDice(w.seed, "wire"), kept: map[string][]keptAnswer{},
	}
}

// cable is the wire as one process has it.
type cable struct {
	process *process
	faulty  http.RoundTripper
}

func (w *wire) connect(p *process) http.RoundTripper {
	c := &cable{process: p}
	c.faulty = faults.Transport(w, inLane{w.world.clock, &p.lanes[laneWire]}, func(_ int64, _ *http.Request) faults.HTTPFault {
		if p.driver.Killed() {
			return faults.HTTPFault{Kind: faults.Unplugged}
		}
		return p.weather.call(w.world, w.clock.Now())
	})
	return c
}

// RoundTrip lets a call take its time, in which people work and fate strikes.
func (c *cable) RoundTrip(r *http.Request) (*http.Response, error) {
	ctx, w := r.Context(), c.process.world
	if err := c.process.lanes[laneWire].wait(ctx); err != nil {
		return nil, err
	}
	if c.process.driver.Killed() {
		return c.faulty.RoundTrip(r)
	}
	n := c.process.weather
	number := n.begin()
	if most := w.company.promise().calls; number > most {
		w.breach(broken("L10", "a run has made %d calls and makes more", most))
		c.process.driver.Kill()
		return c.faulty.RoundTrip(r)
	}
	w.story.tell(Wire, "call %d: %s", number, w.company.call(r))
	c.peopleWork(number)
	if number == n.busy {
		if err := w.intrude(ctx); err != nil {
			w.breach(err)
		}
	}
	if number == n.dieCall {
		n.excuse()
		w.story.happened(KilledOnWire, Wire, "the process is killed at call %d", number)
		c.process.driver.Kill()
	}
	resp, err := c.faulty.RoundTrip(r)
	if err != nil {
		return nil, err
	}
	if resp.StatusCode == http.StatusNotModified {
		w.story.happened(NothingNew, Wire, "call %d: 304", number)
	}
	// The answer was made some time before it comes, and is dated when it comes.
	c.peopleWork(number)
	if number == 1 && n.people > 0 {
		w.people.hurry()
	}
	if err := c.process.lanes[laneWire].wait(ctx); err != nil {
		return nil, errors.Join(err, resp.Body.Close())
	}
	if resp.Header.Get(age) != "" {
		n.excuse() // where answers do not agree with each other, a walk may find no way through
	} else {
		resp.Header.Set("Date", w.wire.clock.Now().UTC().Format(http.TimeFormat))
	}
	return resp, nil
}

// peopleWork lets people change something, or not. Once they have seen so many
// calls they get tired: nobody reads to the end of a list that grows faster.
func (c *cable) peopleWork(number int) {
	w, n := c.process.world, c.process.weather
	if number <= tired && n.people > 0 && w.people.dice.chance(n.people) {
		w.people.work(w.people.dice.between(1, 3), ", while pages are read")
	}
}

// tired is how many calls of a run people work through.
const tired = 60

// age is the header by which an answer says that it was given before.
const age = "Age"

// RoundTrip answers as the source does, or as it did a moment ago: there are
// caches or replicas that are behind by no more than the overlap covers, one
// more and another one less.
func (w *wire) RoundTrip(r *http.Request) (*http.Response, error) {
	most := w.world.settings.stale
	if most == 0 {
		return w.source.RoundTrip(r)
	}
	now := w.world.clock.Now()
	key := r.URL.String() + " " + r.Header.Get("If-Modified-Since") + " " + r.Header.Get("If-Status-Modified-Since")
	kept := slices.DeleteFunc(w.kept[key], func(k keptAnswer) bool { return now.Sub(k.at) > most })
	if w.kept[key] = kept; len(kept) > 0 && w.dice.chance(60) {
		old := one(w.dice, kept...)
		w.world.story.happened(StaleAnswer, Wire, "the answer of %.3fs ago is given again", now.Sub(old.at).Seconds())
		resp := old.again(r)
		resp.Header.Set(age, strconv.Itoa(int(now.Sub(old.at).Seconds())))
		return resp, nil
	}
	resp, err := w.source.RoundTrip(r)
	if err != nil {
		return nil, err
	}
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		return nil, err
	}
	answer := keptAnswer{at: now, resp: *resp, body: body}
	w.kept[key] = append(kept, answer)
	return answer.again(r), resp.Body.Close()
}

func (k keptAnswer) again(r *http.Request) *http.Response {
	resp := k.resp
	resp.Request, resp.Header, resp.Body = r, k.resp.Header.Clone(), io.NopCloser(bytes.NewReader(k.body))
	return &resp
}
