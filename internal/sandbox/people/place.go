package people

import "strconv"

// Place is a town: where it lies, how its post codes begin and its area code.
type Place struct {
	Country     Country
	CountryName string
	City        string
	State       string
	Zip         string  // the first half of a post code
	Area        string  // telephone area code
	Latitude    float64 // degrees, of the town's middle
	Longitude   float64
}

// NewPlace draws a town: all but one in fifty lie in the United States, as the
// customers of one company do.
func NewPlace(r *Rand) *Place {
	if r.Below(100) < 98 {
		return &towns[r.Below(americanTowns)]
	}
	return &towns[americanTowns+r.Below(len(towns)-americanTowns)]
}

// AppendStreet appends a house number and a street.
func (p *Place) AppendStreet(dst []byte, r *Rand) []byte {
	switch p.Country {
	case UnitedKingdom:
		dst = strconv.AppendInt(dst, int64(1+r.Below(240)), 10)
		dst = append(dst, ' ')
		return append(dst, Of(r, britishStreets[:])...)
	case Mexico:
		dst = append(dst, Of(r, mexicanStreets[:])...)
		dst = append(dst, " #"...)
		return strconv.AppendInt(dst, int64(1+r.Below(2400)), 10)
	default:
		dst = strconv.AppendInt(dst, int64(100+r.Below(14900)), 10)
		dst = append(dst, ' ')
		if r.Percent(25) {
			dst = append(append(dst, Of(r, compass[:])...), ' ')
		}
		dst = append(append(dst, Of(r, americanStreets[:])...), ' ')
		return append(dst, Of(r, americanWays[:])...)
	}
}

// AppendZip appends a post code in one of the country's shapes.
func (p *Place) AppendZip(dst []byte, r *Rand) []byte {
	dst = append(dst, p.Zip...)
	switch p.Country {
	case UnitedKingdom:
		dst = append(dst, ' ', '1'+byte(r.Below(9)))
		return append(dst, "ABDEFGHJ"[r.Below(8)], "LNPQRSTU"[r.Below(8)])
	case Mexico:
		return appendDigits(dst, r, 2)
	default:
		dst = appendDigits(dst, r, 2)
		if r.Percent(8) {
			dst = appendDigits(append(dst, '-'), r, 4)
		}
		return dst
	}
}

// Near returns a point within some ten kilometres of the town's middle, to the
// sixth decimal.
func (p *Place) Near(r *Rand) (latitude, longitude float64) {
	return p.Latitude + float64(r.Below(180001)-90000)/1e6, p.Longitude + float64(r.Below(180001)-90000)/1e6
}

func appendDigits(dst []byte, r *Rand, n int) []byte {
	for range n {
		dst = append(dst, '0'+byte(r.Below(10)))
	}
	return dst
}

const americanTowns = 16

var towns = [...]Place{
	{UnitedStates, "USA", "Akron", "OH", "443", "330", 41.0814, -81.519},
	{UnitedStates, "USA", "Provo", "UT", "846", "801", 40.2338, -111.6585},
	{UnitedStates, "USA", "Phoenix", "AZ", "850", "602", 33.4484, -112.074},
	{UnitedStates, "USA", "San Antonio", "TX", "782", "210", 29.4241, -98.4936},
	{UnitedStates, "USA", "Fort Worth", "TX", "761", "817", 32.7555, -97.3308},
	{UnitedStates, "USA", "Tampa", "FL", "336", "813", 27.9506, -82.4572},
	{UnitedStates, "USA", "Orlando", "FL", "328", "407", 28.5384, -81.3789},
	{UnitedStates, "USA", "Fresno", "CA", "937", "559", 36.7378, -119.7871},
	{UnitedStates, "USA", "San José", "CA", "951", "408", 37.3387, -121.8853},
	{UnitedStates, "USA", "Coeur d'Alene", "ID", "838", "208", 47.6777, -116.7805},
	{UnitedStates, "USA", "St. Louis", "MO", "631", "314", 38.627, -90.1994},
	{UnitedStates, "USA", "Nashville", "TN", "372", "615", 36.1627, -86.7816},
	{UnitedStates, "USA", "Charlotte", "NC", "282", "704", 35.2271, -80.8431},
	{UnitedStates, "USA", "Springfield", "MA", "011", "413", 42.1015, -72.5898},
	{UnitedStates, "USA", "Newark", "NJ", "071", "973", 40.7357, -74.1724},
	{UnitedStates, "USA", "Aurora", "CO", "800", "303", 39.7294, -104.8319},
	{UnitedKingdom, "United Kingdom", "London", "", "SW4", "20", 51.4613, -0.1389},
	{UnitedKingdom, "United Kingdom", "Leeds", "West Yorkshire", "LS7", "113", 53.8008, -1.5491},
	{UnitedKingdom, "United Kingdom", "Cardiff", "", "CF10", "29", 51.4816, -3.1791},
	{Mexico, "Mexico", "Guadalajara", "Jalisco", "446", "33", 20.6597, -103.3496},
	{Mexico, "Mexico", "Mérida", "Yucatán", "971", "99", 20.9674, -89.5926},
	{Mexico, "México", "Monterrey", "Nuevo León", "640", "81", 25.6866, -100.3161},
}

var compass = [...]string{"N", "S", "E", "W", "NE", "SW"}

var americanStreets = [...]string{
	"Main", "Oak", "Maple", "Cedar", "Washington", "Lake", "Hill", "Elm", "Sunset", "Lincoln", "Martin Luther King Jr",
	"Saguaro", "Peach Tree", "Old Mill", "County Road 12", "Prairie View", "Saint Mary's", "22nd", "Highland", "Cypress Bend",
}

var americanWays = [...]string{"St", "Ave", "Dr", "Rd", "Ln", "Blvd", "Ct", "Way", "Cir", "Pkwy"}

var britishStreets = [...]string{"High Street", "Station Road", "Queen's Crescent", "Mill Lane", "Church View", "The Green"}

var mexicanStreets = [...]string{"Av. Revolución", "Calle 5 de Mayo", "Calzada Independencia", "Paseo de los Álamos", "Av. Niños Héroes"}
