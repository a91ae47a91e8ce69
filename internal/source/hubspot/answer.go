package hubspot

import (
	"bytes"
	"errors"
	"io"
	"strconv"
	"time"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"github.com/warren-sync/warren/internal/crm"
	"github.com/warren-sync/warren/internal/crm/rawjson"
)

// answer is one answer taken apart: that of a list, a search or a batch. Its
// results point into the body.
type answer struct {
	results  []jsontext.Value
	has      bool   // whether there is a list of results at all
	after    string // where the next page begins; "" when there is none
	total    int64  // how many records a search has found
	hasTotal bool
	status   string // of a batch
	errors   []itemError

	sent     time.Time // the source's clock when it was asked; ours where it does not tell
	bytes    int64
	requests int
}

// itemError is what a batch says of some of its inputs.
type itemError struct {
	Category    string              `json:"category"`
	SubCategory string              `json:"subCategory"`
	Message     string              `json:"message"`
	Context     map[string][]string `json:"context"`
}

// notFound is the category of errors about records that are not there.
const notFound = "OBJECT_NOT_FOUND"

// parseAnswer takes an answer apart. It judges the JSON of the whole body, so that
// an answer cut in the middle is an error and never a short page (L3).
//
// Half surrogates, bytes that are not UTF-8 and names that come twice are let
// through: they are one record's fault, and the processor deals with it.
func parseAnswer(body []byte) (answer, error) {
	dec := jsontext.NewDecoder(bytes.NewBuffer(body), jsontext.AllowInvalidUTF8(true), jsontext.AllowDuplicateNames(true))
	if dec.PeekKind() != '{' {
		return answer{}, badAnswer(errors.New("the answer is no object"))
	}
	var a answer
	if err := a.readObject(dec); err != nil {
		return answer{}, badAnswer(err)
	}
	if _, err := dec.ReadToken(); !errors.Is(err, io.EOF) {
		return answer{}, badAnswer(errors.New("something follows the JSON of the answer"))
	}
	if !a.has {
		return answer{}, badAnswer(errors.New(`the answer has no list "results"`))
	}
	return a, nil
}

func badAnswer(err error) error {
	return &crm.Error{
		Code: crm.CodeBadAnswer, Origin: crm.OriginSource, Retryable: true,
		Message: "HubSpot's answer cannot be used", Err: err,
		Fix: "try again later; if it stays so, check that the address is HubSpot's API and not a web page or a proxy",
	}
}

func (a *answer) readObject(dec *jsontext.Decoder) error {
	if _, err := dec.ReadToken(); err != nil {
		return err
	}
	for dec.PeekKind() == '"' {
		name, err := dec.ReadToken()
		if err != nil {
			return err
		}
		if name := name.String(); name == "results" && dec.PeekKind() == '[' {
			err = a.readResults(dec)
		} else {
			err = a.readMember(dec, name)
		}
		if err != nil {
			return err
		}
	}
	_, err := dec.ReadToken()
	return err
}

func (a *answer) readResults(dec *jsontext.Decoder) error {
	if _, err := dec.ReadToken(); err != nil {
		return err
	}
	a.has, a.results = true, nil // of two members of one name the last one counts
	for dec.PeekKind() != ']' {
		value, err := dec.ReadValue()
		if err != nil {
			return err
		}
		a.results = append(a.results, value)
	}
	_, err := dec.ReadToken()
	return err
}

func (a *answer) readMember(dec *jsontext.Decoder, name string) error {
	value, err := dec.ReadValue()
	if err != nil {
		return err
	}
	switch name {
	case "results":
		a.has, a.results = false, nil
	case "paging":
		a.after = afterOf(value)
	case "total":
		a.total, err = strconv.ParseInt(string(value), 10, 64)
		a.hasTotal = err == nil && a.total >= 0
	case "status":
		a.status = textOf(value)
	case "errors":
		a.errors = nil
		if err := json.Unmarshal(value, &a.errors, jsontext.AllowInvalidUTF8(true), jsontext.AllowDuplicateNames(true)); err != nil {
			// Errors that cannot be read are errors all the same.
			a.errors = []itemError{{Message: "it reports errors in a form that is not known"}}
		}
	}
	return nil
}

// afterOf returns where the next page begins.
func afterOf(paging []byte) string {
	return textOf(rawjson.Member(rawjson.Member(paging, "next"), "after"))
}

// textOf returns a string's text, or a number as it is written; "" for anything
// else.
func textOf(value []byte) string {
	if text, ok := rawjson.Unquote(nil, value); ok {
		return string(text)
	}
	if len(value) > 0 && (value[0] == '-' || value[0] >= '0' && value[0] <= '9') {
		return string(value)
	}
	return ""
}

// idOf returns the id of a record; false when it has none, or none that is a number.
func idOf(record []byte) (id uint64, ok bool) {
	id, err := strconv.ParseUint(textOf(rawjson.Member(record, "id")), 10, 64)
	return id, err == nil
}
