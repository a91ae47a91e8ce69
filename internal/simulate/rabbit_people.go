package simulate

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	sandbox "github.com/warren-sync/warren/internal/sandbox/salesrabbit"
)

// people change the account: between runs, and while pages are read.
type people struct {
	world    *world
	dice     dice
	deleted  []int64 // leads that may be restored
	planted  int
	nameless map[int64]bool // leads whose record has no usable id
	last     time.Time      // when somebody changed something

	reappear dice
	listed   map[int64]time.Time // from when on leads were shown that were not shown from the beginning all the time
	back     map[int64]time.Time // when leads were shown again that had not changed

	imports dice
	hurried dice
	second  int64 // of the source's clock, and how many leads were touched in it
	touched int
}

func newPeople(w *world) *people {
	return &people{world: w, dice: newDice(w.seed, "people"), imports: newDice(w.seed, "imports"), hurried: newDice(w.seed, "hurry"), reappear: newDice(w.seed, "reappear"),
		nameless: map[int64]bool{}, back: map[int64]time.Time{}, listed: map[int64]time.Time{}}
}

// hurry changes a lead, now and then, when the first answer of a run has just
// been made: in the second in which the watermark will lie. Where Warren goes
// back by some time that is nothing special.
func (p *people) hurry() {
	if p.world.settings.overlap == 0 && p.hurried.chance(40) {
		p.work(1, ", in the second of the question")
	}
}

// work makes n changes. when is "" or what Warren is doing meanwhile.
func (p *people) work(n int, when string) {
	for range n {
		kind, what := p.change()
		if what == "" {
			continue // there was nothing to change
		}
		p.last = p.world.clock.Now()
		p.world.story.happened(kind, Source, "%s%s", what, when)
		if when != "" {
			p.world.story.count(ChangedMidWalk)
		}
	}
}

// atOnce is the most leads that one change touches.
const atOnce = 3

func (p *people) change() (Kind, string) {
	if kind, what := p.bulk(); what != "" {
		return kind, what
	}
	if !p.room(atOnce) {
		return "", ""
	}
	a, n := p.world.account, sandbox.Random(p.dice.between(1, 3))
	switch roll := p.dice.IntN(100); {
	case roll < 32:
		return LeadChanged, named("changed", a.Change(n))
	case roll < 46:
		return LeadInserted, named("inserted", p.appear(a.Insert(p.dice.between(1, 3))))
	case roll < 58:
		return StatusTouched, named("given another status, dateModified left alone", a.TouchStatus(n))
	case roll < 68:
		return LeadSoftGone, named("deleted, still listed", p.remove(n, sandbox.Soft))
	case roll < 80:
		return LeadGone, named("deleted without a trace", p.remove(n, sandbox.Gone))
	case roll < 89:
		return p.restore()
	case roll < 94:
		gone := p.remove(sandbox.Random(1), sandbox.Gone)
		return LeadsMerged, named("gone, merged into another; ", gone) + named("changed by that", a.Change(sandbox.Random(1)))
	case roll < 98:
		a.ChangeUsers(1)
		return UsersChanged, "a user is changed"
	default:
		return p.plant()
	}
}

func (p *people) remove(which sandbox.Pick, how sandbox.Deletion) []int64 {
	ids := p.world.account.Delete(which, how)
	p.deleted = append(p.deleted, ids...)
	return ids
}

// appear notes from when on the source shows leads.
func (p *people) appear(ids []int64) []int64 {
	for _, id := range ids {
		p.listed[id] = p.world.clock.Now()
	}
	return ids
}

func (p *people) restore() (Kind, string) {
	if len(p.deleted) == 0 {
		return LeadRestored, ""
	}
	i := p.dice.IntN(len(p.deleted))
	id := p.deleted[i]
	p.deleted = append(p.deleted[:i], p.deleted[i+1:]...)
	if p.reappear.chance(35) && !p.nameless[id] {
		if back := p.world.account.Reappear(sandbox.These(id)); len(back) > 0 {
			p.back[id] = p.world.clock.Now()
			p.appear(back)
			return LeadReappeared, named("shown again as if it had never been gone", back)
		}
	}
	return LeadRestored, named("restored", p.appear(p.world.account.Restore(sandbox.These(id))))
}

// plant adds something that cannot be a row. No two of them are alike: the
// quarantine keeps one of each.
func (p *people) plant() (Kind, string) {
	if p.planted++; p.planted > 3 {
		return RecordPlanted, ""
	}
	text := one(p.dice, `{"id":null,"note":"%d"}`, `{"note":"no id, %d"}`, `["not an object",%d]`, `{"id":"id of %d\u0000","x":"\ud800"}`)
	record := fmt.Sprintf(text, p.planted)
	p.nameless[p.world.account.PutWhole([]byte(record))] = true
	return RecordPlanted, "a record appears that has no usable id: " + strconv.Quote(record)
}

func named(what string, ids []int64) string {
	if len(ids) == 0 {
		return ""
	}
	text := "lead"
	for _, id := range ids {
		text += " " + strconv.FormatInt(id, 10)
	}
	return text + " " + what
}

// cameBack returns when the lead of a record was last shown again with the times
// that it had; zero when it never was.
func (p *people) cameBack(f fact) time.Time {
	if s := p.world.stream.Name; s != "leads" && s != "leadStatusHistories" {
		return time.Time{}
	}
	lead, _, _ := strings.Cut(f.id, "/")
	id, err := strconv.ParseInt(lead, 10, 64)
	if err != nil {
		return time.Time{}
	}
	return p.back[id]
}
