package rawjson

import "bytes"

// Members calls visit for each member of the object in raw, with the name
// without its quotes (escapes still in it) and the value as it stands. It
// stops when visit returns false. It reports whether raw is an object.
func Members(raw []byte, visit func(name, value []byte) bool) bool {
	i := SkipSpace(raw, 0)
	if i >= len(raw) || raw[i] != '{' {
		return false
	}
	i++
	for {
		i = SkipSpace(raw, i)
		if i >= len(raw) || raw[i] != '"' {
			return true
		}
		end := skipString(raw, i)
		name := raw[i+1 : max(i+1, end-1)]
		i = SkipSpace(raw, end)
		if i >= len(raw) || raw[i] != ':' {
			return true
		}
		i = SkipSpace(raw, i+1)
		end = skipValue(raw, i)
		if !visit(name, raw[i:end]) {
			return true
		}
		i = SkipSpace(raw, end)
		if i >= len(raw) || raw[i] != ',' {
			return true
		}
		i++
	}
}

// SkipSpace returns the position of the first byte at or after i that is not
// white space.
func SkipSpace(raw []byte, i int) int {
	for i < len(raw) && (raw[i] == ' ' || raw[i] == '\n' || raw[i] == '\t' || raw[i] == '\r') {
		i++
	}
	return i
}

// skipString returns the position behind the string that begins at i.
func skipString(raw []byte, i int) int {
	i++
	for i < len(raw) {
		q := bytes.IndexByte(raw[i:], '"')
		if q < 0 {
			return len(raw)
		}
		end := i + q
		slashes := 0
		for end-1-slashes >= i && raw[end-1-slashes] == '\\' {
			slashes++
		}
		i = end + 1
		if slashes%2 == 0 {
			return i
		}
	}
	return len(raw)
}

// skipValue returns the position behind the value that begins at i.
func skipValue(raw []byte, i int) int {
	if i >= len(raw) {
		return len(raw)
	}
	switch raw[i] {
	case '"':
		return skipString(raw, i)
	case '{', '[':
		depth := 0
		for i < len(raw) {
			switch raw[i] {
			case '"':
				i = skipString(raw, i)
				continue
			case '{', '[':
				depth++
			case '}', ']':
				depth--
				if depth == 0 {
					return i + 1
				}
			}
			i++
		}
		return len(raw)
	default:
		for i < len(raw) {
			switch raw[i] {
			case ',', '}', ']', ' ', '\n', '\t', '\r':
				return i
			}
			i++
		}
		return len(raw)
	}
}

// Member returns the value of the first member of that name, or nil when raw
// is no object or has none. Names that are written with escapes are not found.
func Member(raw []byte, name string) (value []byte) {
	Members(raw, func(n, v []byte) bool {
		if string(n) == name {
			value = v
			return false
		}
		return true
	})
	return value
}
