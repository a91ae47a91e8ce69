package hubspot

// Window tells which window of times a checkpoint stands in.
func Window(checkpoint string) (from, to int64) {
	t, _ := parseToken(checkpoint, true)
	return t.From, t.To
}
