package salespro

import (
	"encoding/csv"
	"io"
	"strconv"
	"time"

	"github.com/warren-sync/warren/internal/sandbox/people"
)

// parseTime is how the vendor's export writes times.
const parseTime = "2006-01-02T15:04:05.000Z"

// WriteUsers writes the vendor's export of users: the people who sell, whose
// objectId is the share's sales_rep_id and user_id. Offices are pointers, in
// JSON, of which one in forty is cut off.
func (s *Share) WriteUsers(w io.Writer) error {
	out := csv.NewWriter(w)
	_ = out.Write([]string{ // Flush keeps the error
		"objectId", "username", "nameFirst", "nameLast", "isActive", "isManager", "createdAt", "updatedAt", "allowedOffices",
		"canActivateUsers", "canChangeSettings", "canSubmitCreditApps", "company", "deactivatedDate", "disableChangeCompany", "email",
		"identifier", "isAvailableToCall", "lastLoginDate", "licenseNumber", "phoneNumber", "selectedOffice",
	})
	for n := range s.cfg.reps() {
		_ = out.Write(s.cfg.user(n))
	}
	out.Flush()
	return out.Error()
}

func (c *Config) user(n int) []string {
	name := c.repName(n)
	r := people.NewRand(c.Seed, drawUser, uint64(n))
	mail := string(name.AppendMail(nil, &r))
	created := c.Start.Add(-history).Add(time.Duration(r.Below(int(history/time.Minute))) * time.Minute)
	active := r.Percent(80)
	deactivated, lastLogin := "", created.AddDate(0, 0, r.Below(30)).UTC().Format(parseTime)
	if !active {
		deactivated = created.AddDate(0, 1, 0).UTC().Format(parseTime)
	}
	if r.Percent(10) {
		lastLogin = ""
	}
	allowed := appendPointers(nil, c, n, 1+r.Below(3))
	if n%40 == 9 {
		allowed = allowed[:len(allowed)/2]
	}
	username := mail
	if r.Percent(20) {
		username = "  " + mail + " "
	}
	return []string{
		id(c.Seed, drawRep, n), username, name.First, name.Last, flag(&r, active), flag(&r, n%9 == 0),
		created.UTC().Format(parseTime), created.AddDate(0, 0, 3).UTC().Format(parseTime), string(allowed),
		flag(&r, false), flag(&r, n%9 == 0), flag(&r, true), id(c.Seed, drawCompany, 0), deactivated, "", people.Of(&r, []string{mail, mail, mail, "", "none@"}),
		"EMP-" + strconv.Itoa(1000+n), flag(&r, true), lastLogin, people.Of(&r, []string{"", "LIC 00" + strconv.Itoa(n), "n/a"}),
		people.Of(&r, []string{"(330) 555-0" + strconv.Itoa(100+n%900), "+1330555" + strconv.Itoa(1000+n%9000), "", "call office"}),
		id(c.Seed, drawOffice, n%offices),
	}
}

// appendPointers appends an array of pointers to offices, as Parse writes them.
func appendPointers(dst []byte, c *Config, first, n int) []byte {
	dst = append(dst, '[')
	for i := range n {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = append(dst, `{"__type":"Pointer","className":"Office","objectId":"`...)
		dst = append(appendID(dst, c.Seed, drawOffice, (first+i)%offices), `"}`...)
	}
	return append(dst, ']')
}

// flag writes a truth value in one of the ways in which they are found.
func flag(r *people.Rand, on bool) string {
	if on {
		return people.Of(r, []string{"true", "true", "True", "1"})
	}
	return people.Of(r, []string{"false", "false", "False", "0", ""})
}

// WriteOffices writes the vendor's export of offices.
func (s *Share) WriteOffices(w io.Writer) error {
	out := csv.NewWriter(w)
	_ = out.Write([]string{ // Flush keeps the error
		"objectId", "name", "company", "companyName", "canSearchAllEstimates", "lastEditUser", "createdAt", "updatedAt", "lastEditDate",
	})
	for n := range offices {
		r := people.NewRand(s.cfg.Seed, drawOffice, uint64(n), 1)
		created := s.cfg.Start.Add(-history).AddDate(0, 0, -r.Below(300))
		edited := created.AddDate(0, r.Below(20), 0).UTC().Format(parseTime)
		editor := id(s.cfg.Seed, drawRep, r.Below(s.cfg.reps()))
		if n%3 == 2 {
			edited, editor = "", ""
		}
		_ = out.Write([]string{
			id(s.cfg.Seed, drawOffice, n), officeNames[n], id(s.cfg.Seed, drawCompany, 0), companyName, flag(&r, n == 0), editor,
			created.UTC().Format(parseTime), created.AddDate(0, 0, 9).UTC().Format(parseTime), edited,
		})
	}
	out.Flush()
	return out.Error()
}
