package salespro

import "github.com/warren-sync/warren/internal/sandbox/people"

// The purposes for which random numbers are drawn, beside those of the tables.
const (
	drawCompany = 100 + iota
	drawOffice
	drawRep
	drawCustomerID
	drawCustomerShape
	drawPerson
	drawEstimateID
	drawCreditID
	drawPaymentID
	drawItemID
	drawUser
	drawTimes
	drawPick
)

const idLetters = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"

// appendID appends the id of the n-th thing of a kind: ten letters and digits, as
// Parse makes them. No two of a kind are the same.
func appendID(dst []byte, seed, kind uint64, n int) []byte {
	const (
		space  = 62 * 62 * 62 * 62 * 62 * 62
		spread = 15_485_863 // a prime, and none of those in space
	)
	r := people.NewRand(seed, kind, uint64(n))
	for range 4 {
		dst = append(dst, idLetters[r.Below(len(idLetters))])
	}
	rest := (uint64(n)*spread + kind*7_919) % space
	for range 6 {
		dst = append(dst, idLetters[rest%62])
		rest /= 62
	}
	return dst
}

func id(seed, kind uint64, n int) string { return string(appendID(nil, seed, kind, n)) }

// appendUUID appends an id of the form that devices make.
func appendUUID(dst []byte, r *people.Rand) []byte {
	const digits = "0123456789ABCDEF"
	for i := range 32 {
		if i == 8 || i == 12 || i == 16 || i == 20 {
			dst = append(dst, '-')
		}
		dst = append(dst, digits[r.Below(16)])
	}
	return dst
}
