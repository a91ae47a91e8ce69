package literal

// What can be wrong with what follows the time.
const (
	problemTail   Problem = "has text behind the date that is no time"
	problemZone   Problem = "has text behind the time that is no offset such as +02:00, Z or UTC"
	problemOffset Problem = "has an offset beyond 23:59"
)

// readZone reads what follows a time of day, as seconds east of Greenwich. No
// zone means UTC: the old system's databases write UTC without saying so. A
// named zone is refused, since it does not tell the two hours apart that a
// change of the clocks repeats.
func readZone(text []byte) (seconds int64, err error) {
	text = trim(text)
	switch {
	case len(text) == 0, len(text) == 1 && text[0]|0x20 == 'z', isUTC(text):
		return 0, nil
	case text[0] != '+' && text[0] != '-':
		return 0, problemZone
	}
	hours, ok := readPair(text[1:])
	if !ok {
		return 0, problemZone
	}
	var minutes int64
	if rest := text[3:]; len(rest) > 0 {
		if rest[0] == ':' {
			rest = rest[1:]
		}
		if minutes, ok = readPair(rest); !ok || len(rest) != 2 {
			return 0, problemZone
		}
	}
	if hours > 23 || minutes > 59 {
		return 0, problemOffset
	}
	seconds = hours*3600 + minutes*60
	if text[0] == '-' {
		seconds = -seconds
	}
	return seconds, nil
}

func isUTC(text []byte) bool {
	return len(text) == 3 && text[0]|0x20 == 'u' && text[1]|0x20 == 't' && text[2]|0x20 == 'c'
}
