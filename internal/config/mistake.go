package config

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/warren-sync/warren/internal/crm"
)

// mistake is one thing that is wrong in what the user has set.
type mistake struct {
	at      Position // zero when it is not in the file
	message string
	fix     string
	excerpt string
}

func (m mistake) String() string {
	if m.at.File == "" {
		return m.message
	}
	return m.at.place() + ": " + m.message + m.excerpt
}

// mostMistakes bounds how many mistakes a message tells; the rest is counted.
const mostMistakes = 20

// mistakes gathers everything that is wrong, so that the user hears of all of
// it at once.
type mistakes struct {
	doc  *document // for excerpts; nil without a file, where no mistake can be in it
	list []mistake
	more int      // mistakes that are not in list
	code crm.Code // CodeUsage once a flag is wrong
}

// inFile adds a mistake at a place in the file.
func (m *mistakes) inFile(at Position, p problem) {
	if len(m.list) >= mostMistakes {
		m.more++
		return
	}
	m.list = append(m.list, mistake{at: at, message: p.message, fix: p.fix, excerpt: m.doc.excerpt(at)})
}

// inEnvironment adds a mistake in an environment variable.
func (m *mistakes) inEnvironment(name string, p problem) {
	m.list = append(m.list, mistake{message: "environment variable " + name + ": " + p.message, fix: p.fix})
}

// inSettings adds a mistake in settings that only together make no sense, wherever
// they come from.
func (m *mistakes) inSettings(p problem) {
	m.list = append(m.list, mistake{message: p.message, fix: p.fix})
}

// inFlag adds a mistake in a flag of the command line.
func (m *mistakes) inFlag(name string, p problem) {
	m.code = crm.CodeUsage
	m.list = append(m.list, mistake{message: "flag " + name + ": " + p.message, fix: p.fix})
}

// err returns all mistakes as one *crm.Error, or nil.
func (m *mistakes) err() error {
	if len(m.list) == 0 {
		return nil
	}
	slices.SortStableFunc(m.list, func(a, b mistake) int {
		return cmp.Or(cmp.Compare(a.at.Line, b.at.Line), cmp.Compare(a.at.Column, b.at.Column))
	})
	e := &crm.Error{Code: crm.CodeConfig, Origin: crm.OriginConfig, Message: m.list[0].String(), Fix: m.list[0].fix}
	if m.code != "" {
		e.Code = m.code
	}
	if n := len(m.list) + m.more; n > 1 {
		lines := []string{fmt.Sprintf("the configuration has %d mistakes:", n)}
		for _, one := range m.list {
			lines = append(lines, one.String())
		}
		if m.more > 0 {
			lines = append(lines, fmt.Sprintf("and %d more", m.more))
		}
		e.Message = strings.Join(lines, "\n")
		e.Fix = "Correct each of them."
	}
	return e
}
