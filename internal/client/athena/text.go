package athena

func orElse(text, otherwise string) string {
	if text == "" {
		return otherwise
	}
	return text
}
