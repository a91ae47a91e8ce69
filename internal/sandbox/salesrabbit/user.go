package salesrabbit

import (
	"strconv"
	"time"

	"github.com/warren-sync/warren/internal/sandbox/people"
)

// firstUserID is the id of the first user; the others follow one by one.
const firstUserID = 501_001

// user is the state of one user. Times are seconds since 1970.
type user struct {
	created  uint32
	modified uint32
	version  uint32
}

type fullName struct {
	people.Name
	place *people.Place
	rand  people.Rand // goes on behind the name
}

func (n fullName) full() string { return n.First + " " + n.Last }

func userID(row int) int64 { return firstUserID + int64(row) }

func (c *Config) seedUser(row int) user {
	r := people.NewRand(c.Seed, drawState, drawUser, uint64(row))
	start := c.Start.Unix()
	created := between(&r, start-int64(2*history/time.Second), start-int64(history/time.Second))
	return user{created: created, modified: between(&r, int64(created), start)}
}

func (c *Config) userName(row int) fullName {
	r := people.NewRand(c.Seed, drawUser, uint64(row))
	place := people.NewPlace(&r)
	return fullName{Name: people.NewName(&r, place.Country), place: place, rand: r}
}

var roles = [...]string{"Rep", "Rep", "Rep", "Rep", "TRep", "Manager", "Admin"}

var regions = [...]string{"West", "Midwest", "South", "Northeast"}

// role returns what the user is; it never changes.
func (c *Config) role(row int) string {
	if row == 0 {
		return "Admin"
	}
	r := people.NewRand(c.Seed, drawUser, uint64(row), 1)
	return people.Of(&r, roles[:])
}

// appendUser appends a user's JSON. Who it is never changes; phone, team and
// whether the user is active follow the version.
func (a *Account) appendUser(dst []byte, row int, u user) []byte {
	who := a.cfg.userName(row)
	r := who.rand
	what := people.NewRand(a.cfg.Seed, drawUser, uint64(row), 2, uint64(u.version))

	dst = strconv.AppendInt(append(dst, `{"id":`...), userID(row), 10)
	dst = append(dst, `,"email":"`...)
	if r.Percent(97) {
		dst = who.AppendMail(dst, &r)
	}
	dst = append(append(dst, `","firstName":"`...), who.First...)
	dst = append(append(dst, `","lastName":"`...), who.Last...)
	dst = who.place.AppendPhone(append(dst, `","phone":"`...), &what)
	dst = append(append(dst, `","role":"`...), a.cfg.role(row)...)
	dst = append(dst, `","orgId":"7021","recruiterId":`...)
	dst = a.appendColleague(dst, row, &r)
	dst = a.appendColleague(append(dst, `,"supervisorId":`...), row, &r)
	dst = append(append(dst, `,"department":"Sales","region":"`...), people.Of(&r, regions[:])...)
	dst = append(append(dst, `","office":"`...), who.place.City...)
	dst = strconv.AppendInt(append(dst, `","team":"Team `...), int64(1+what.Below(12)), 10)
	dst = strconv.AppendBool(append(dst, `","businessUnit":"","active":`...), what.Percent(80))
	hired := time.Unix(int64(u.created), 0).UTC()
	dst = append(hired.AppendFormat(append(dst, `,"hireDate":"`...), time.DateOnly), '"')
	dst = appendTime(append(dst, `,"dateCreated":`...), u.created)
	dst = appendTime(append(dst, `,"dateModified":`...), u.modified)
	dst = append(dst, `,"cmsId":null,"leadRepCmsId":null,"photo_url":"`...)
	if r.Percent(50) {
		if r.Percent(90) {
			dst = append(dst, `https://`...)
		}
		dst = strconv.AppendInt(append(dst, `photos.example.com/u/`...), userID(row), 10)
		dst = append(dst, `.jpg`...)
	}
	return append(dst, `","externalIds":[]}`...)
}

func (a *Account) appendColleague(dst []byte, row int, r *people.Rand) []byte {
	other := r.Below(len(a.users))
	if other == row || r.Percent(30) {
		return append(dst, "null"...)
	}
	return strconv.AppendInt(dst, userID(other), 10)
}
