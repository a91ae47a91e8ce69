package people

// Country is where a person lives.
type Country uint8

// The countries that customers come from.
const (
	UnitedStates Country = iota
	UnitedKingdom
	Mexico
)

// Name is a person's name and the form of it that fits into an e-mail address.
type Name struct {
	First, Last         string
	MailFirst, MailLast string
}

// part is a name as it is written and as it is mailed.
type part struct{ text, mail string }

// NewName invents a name that is usual in the country, now and then with an
// accent or an apostrophe, very rarely with an emoji behind the first name.
func NewName(r *Rand, c Country) Name {
	firsts, lasts := americanFirst[:], americanLast[:]
	switch {
	case c == UnitedKingdom:
		firsts, lasts = britishFirst[:], britishLast[:]
	case c == Mexico, r.Percent(12):
		firsts, lasts = mexicanFirst[:], mexicanLast[:]
	}
	first, last := Of(r, firsts), Of(r, lasts)
	n := Name{First: first.text, Last: last.text, MailFirst: first.mail, MailLast: last.mail}
	if r.Below(250) == 0 {
		n.First += Of(r, emoji[:])
	}
	return n
}

var emoji = [...]string{" 🏡", " ☀️", " 🐕", " 👍🏽"}

var americanFirst = [...]part{
	{"James", "james"}, {"Mary", "mary"}, {"Robert", "robert"}, {"Patricia", "patricia"}, {"John", "john"},
	{"Jennifer", "jennifer"}, {"Michael", "michael"}, {"Linda", "linda"}, {"David", "david"}, {"Elizabeth", "elizabeth"},
	{"William", "william"}, {"Barbara", "barbara"}, {"Richard", "richard"}, {"Susan", "susan"}, {"Joseph", "joseph"},
	{"Jessica", "jessica"}, {"Thomas", "thomas"}, {"Karen", "karen"}, {"Chris", "chris"}, {"Sarah", "sarah"},
	{"D'Andre", "d'andre"}, {"Keisha", "keisha"}, {"Renée", "renee"}, {"Zoë", "zoe"}, {"Mary Beth", "marybeth"},
	{"Jean-Luc", "jean-luc"}, {"Thuy", "thuy"}, {"Wei", "wei"}, {"Priya", "priya"}, {"Ahmed", "ahmed"},
}

var americanLast = [...]part{
	{"Smith", "smith"}, {"Johnson", "johnson"}, {"Williams", "williams"}, {"Brown", "brown"}, {"Jones", "jones"},
	{"Miller", "miller"}, {"Davis", "davis"}, {"Wilson", "wilson"}, {"Anderson", "anderson"}, {"Taylor", "taylor"},
	{"Moore", "moore"}, {"Jackson", "jackson"}, {"Martin", "martin"}, {"Lee", "lee"}, {"Thompson", "thompson"},
	{"White", "white"}, {"Harris", "harris"}, {"Clark", "clark"}, {"Lewis", "lewis"}, {"Robinson", "robinson"},
	{"O'Brien", "o'brien"}, {"O'Connor", "o'connor"}, {"D'Angelo", "d'angelo"}, {"McDonald", "mcdonald"}, {"Nguyen", "nguyen"},
	{"St. John", "stjohn"}, {"Van der Berg", "vanderberg"}, {"Müller", "mueller"}, {"Patel", "patel"}, {"Kowalski Jr.", "kowalski"},
}

var britishFirst = [...]part{
	{"Oliver", "oliver"}, {"Amelia", "amelia"}, {"Harry", "harry"}, {"Isla", "isla"}, {"Alfie", "alfie"}, {"Poppy", "poppy"},
	{"Gareth", "gareth"}, {"Siân", "sian"}, {"Niamh", "niamh"}, {"Hamish", "hamish"}, {"Chloé", "chloe"}, {"Imran", "imran"},
}

var britishLast = [...]part{
	{"Hughes", "hughes"}, {"Evans", "evans"}, {"Wright", "wright"}, {"O'Neill", "o'neill"}, {"Campbell", "campbell"},
	{"Smythe-Jones", "smythe-jones"}, {"MacLeod", "macleod"}, {"Khan", "khan"}, {"Begum", "begum"}, {"Fitzgerald", "fitzgerald"},
}

var mexicanFirst = [...]part{
	{"José", "jose"}, {"María", "maria"}, {"Juan Carlos", "juancarlos"}, {"Guadalupe", "guadalupe"}, {"Luis", "luis"},
	{"Sofía", "sofia"}, {"Jesús", "jesus"}, {"Ximena", "ximena"}, {"Ángel", "angel"}, {"Begoña", "begona"}, {"Iván", "ivan"},
}

var mexicanLast = [...]part{
	{"Hernández", "hernandez"}, {"García", "garcia"}, {"Martínez", "martinez"}, {"López", "lopez"}, {"González", "gonzalez"},
	{"Peña", "pena"}, {"Núñez", "nunez"}, {"Ramírez Ortega", "ramirez"}, {"de la Cruz", "delacruz"}, {"Muñoz", "munoz"},
}
