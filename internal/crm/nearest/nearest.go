package nearest

import "strings"

// Name returns the one of known that word was most likely meant to be, or ""
// when none is near: equal but for case and - or _, at most two letters off, or
// one the beginning of the other. Of two that are as near, the first wins.
func Name(word string, known []string) string {
	word = fold(word)
	best, least := "", min(2, len(word)-1)
	for _, k := range known {
		if d := distance(word, fold(k)); d < least || d == least && best == "" {
			best, least = k, d
		}
	}
	if best != "" || len(word) < 3 {
		return best
	}
	for _, k := range known {
		f := fold(k)
		begins := strings.HasPrefix(f, word) || len(f) >= 3 && strings.HasPrefix(word, f)
		if begins && (best == "" || len(k) < len(best)) {
			best = k
		}
	}
	return best
}

func fold(word string) string {
	return strings.ReplaceAll(strings.ToLower(word), "-", "_")
}

// distance counts the letters to insert, drop or replace to turn a into b.
// It stops being exact above 2, where it returns 3.
func distance(a, b string) int {
	x, y := []rune(a), []rune(b)
	if len(x)-len(y) > 2 || len(y)-len(x) > 2 {
		return 3
	}
	row := make([]int, len(y)+1)
	for j := range row {
		row[j] = j
	}
	for i := range x {
		diagonal := row[0]
		row[0] = i + 1
		for j := range y {
			cost := diagonal
			if x[i] != y[j] {
				cost++
			}
			diagonal = row[j+1]
			row[j+1] = min(cost, row[j]+1, row[j+1]+1)
		}
	}
	return min(row[len(y)], 3)
}
