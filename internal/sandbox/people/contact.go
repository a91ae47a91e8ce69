package people

import "strconv"

// AppendPhone appends a telephone number as people type it, in one of several
// shapes.
func (p *Place) AppendPhone(dst []byte, r *Rand) []byte {
	shape := r.Below(6)
	switch p.Country {
	case UnitedKingdom:
		return appendBritishPhone(dst, r, shape)
	case Mexico:
		return p.appendMexicanPhone(dst, r, shape)
	default:
		return p.appendAmericanPhone(dst, r, shape)
	}
}

func (p *Place) appendAmericanPhone(dst []byte, r *Rand, shape int) []byte {
	before, middle, after := "", "555", ""
	switch shape {
	case 0:
		before, middle = "(", ") 555-"
	case 1:
		middle = "-555-"
	case 2:
		before, middle = "+1", "555"
	case 3:
		middle = ".555."
		if r.Percent(20) {
			after = " ext. 12"
		}
	}
	dst = append(append(append(dst, before...), p.Area...), middle...)
	return append(appendDigits(dst, r, 4), after...)
}

func appendBritishPhone(dst []byte, r *Rand, shape int) []byte {
	switch shape {
	case 0, 1:
		return appendDigits(append(dst, "+44 20 7946 0"...), r, 3)
	case 2:
		return appendDigits(append(dst, "02079460"...), r, 3)
	default:
		return appendDigits(append(dst, "07700 900"...), r, 3)
	}
}

func (p *Place) appendMexicanPhone(dst []byte, r *Rand, shape int) []byte {
	if shape < 3 {
		dst = append(dst, "+52 "...)
	}
	dst = append(append(dst, p.Area...), ' ')
	dst = append(appendDigits(dst, r, 4), ' ')
	return appendDigits(dst, r, 4)
}

var mailDomains = [...]string{"example.com", "example.org", "example.net", "mail.example.com", "homes.example.org"}

// AppendMail appends an e-mail address of that person; apostrophes and hyphens
// of the name stay, as they are legal.
func (n Name) AppendMail(dst []byte, r *Rand) []byte {
	switch r.Below(3) {
	case 0:
		dst = append(append(append(dst, n.MailFirst...), '.'), n.MailLast...)
	case 1:
		dst = append(append(dst, n.MailFirst[0]), n.MailLast...)
		dst = strconv.AppendInt(dst, int64(r.Below(100)), 10)
	default:
		dst = append(append(append(dst, n.MailFirst...), '+'), "home"...)
		dst = strconv.AppendInt(dst, int64(1950+r.Below(60)), 10)
	}
	return append(append(dst, '@'), Of(r, mailDomains[:])...)
}
