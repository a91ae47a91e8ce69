package salesrabbit

import "github.com/warren-sync/warren/internal/sandbox/people"

// dirt returns the senseless values that the lead in that row shows when so
// great a share of all leads is dirty; nil for a clean one. A lead that is dirty
// at a small share is so at a greater one.
func dirt(seed uint64, row int, share float64) Fields {
	if share <= 0 {
		return nil
	}
	r := people.NewRand(seed, drawDirty, uint64(row))
	if r.Share() >= share {
		return nil
	}
	return people.Of(&r, messes())
}

func raw(text string) []byte { return []byte(text) }

func messes() []Fields {
	return []Fields{
		{"phonePrimary": raw(`"call after 5, ask for Bob"`), "phoneAlternate": raw(`"12"`)},
		{"email": raw(`"none@"`)},
		{"email": raw(`"Joe <joe@example.com>"`)},
		{"state": raw(`"Salt Lake City"`), "zip": raw(`"1234"`)},
		{"latitude": raw(`999`), "longitude": raw(`-999.5`)},
		{"latitude": raw(`"41.08"`), "longitude": raw(`""`)},
		{"dateOfBirth": raw(`"0000-00-00"`), "ownerModified": raw(`"0000-00-00 00:00:00"`)},
		{"campaignId": raw(`""`), "latitude": raw(`""`), "longitude": raw(`""`), "dateOfBirth": raw(`""`), "appointment": raw(`""`),
			"firstName": raw(`""`), "lastName": raw(`""`), "state": raw(`""`), "zip": raw(`""`), "city": raw(`""`)},
		{"email": raw(`"  Mixed.Case@EXAMPLE.com "`), "state": raw(`" oh "`)},
		{"campaignId": raw(`"12a"`)},
	}
}
