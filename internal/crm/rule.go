package crm

// Rule says which validator checks a field, and with what bounds. The zero
// Rule checks nothing. Every key is also a key of warren.yaml.
type Rule struct {
	Type       string   `yaml:"type"`        // name in the validator registry: email, phone, zip_code …
	Required   bool     `yaml:"required"`    // an absent or empty value is an issue
	Min        string   `yaml:"min"`         // least number, as decimal text
	Max        string   `yaml:"max"`         // greatest number, as decimal text
	MaxDigits  int      `yaml:"max_digits"`  // of a decimal, both sides of the point; 0 is no bound
	Places     *int     `yaml:"places"`      // of a decimal, behind the point; nil is no bound
	MinLength  int      `yaml:"min_length"`  // of a text, in characters
	MaxLength  int      `yaml:"max_length"`  // of a text, in characters; 0 is no bound
	Pattern    string   `yaml:"pattern"`     // regular expression (RE2) that a text must match whole
	Choices    []string `yaml:"choices"`     // the values that a choice may have
	IgnoreCase bool     `yaml:"ignore_case"` // compare choices without regard to case
	Country    string   `yaml:"country"`     // ISO 3166 code for phone numbers written without +; empty is US
}
