package validator

import "strings"

// isPlainAddress is the short way for nearly all addresses: true only for
// ASCII that examineEmail takes, false for anything that needs a closer look.
func isPlainAddress(value []byte) bool {
	if len(value) > mostEmailBytes {
		return false
	}
	i, start := 0, 0
	for ; i < len(value) && value[i] != '@'; i++ {
		if c := value[i]; c == '.' {
			if i == start {
				return false
			}
			start = i + 1
		} else if !isAtom(c) {
			return false
		}
	}
	if i == start || i > mostLocalBytes || i == len(value) {
		return false
	}
	return isPlainDomain(value[i+1:])
}

// isPlainDomain takes two labels or more, the last of letters alone.
func isPlainDomain(domain []byte) bool {
	start, labels, letters := 0, 0, true
	for i := 0; ; i++ {
		if i < len(domain) && domain[i] != '.' {
			c := domain[i]
			if !isLetter(c) {
				letters = false
				if c != '-' && c-'0' > 9 {
					return false
				}
			}
			continue
		}
		label := domain[start:i]
		if len(label) == 0 || len(label) > mostLabelBytes || label[0] == '-' || label[len(label)-1] == '-' {
			return false
		}
		labels++
		if i == len(domain) {
			return labels >= 2 && letters && len(label) >= 2
		}
		start, letters = i+1, true
	}
}

// isAtom knows the characters that stand before the @ without quotes.
func isAtom(c byte) bool {
	return isLetter(c) || c-'0' <= 9 || strings.IndexByte("!#$%&'*+-/=?^_`{|}~", c) >= 0
}

func isLetter(c byte) bool { return (c|0x20)-'a' <= 'z'-'a' }
