package salesrabbit

import (
	"bytes"
	"errors"
	"io"
	"strconv"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/warren-sync/warren/internal/crm"
	"github.com/warren-sync/warren/internal/crm/rawjson"
)

// unit is what a page counts: a lead, a user, or one lead with its history.
type unit struct {
	mark    mark
	records [][]byte // one, or the events of a history
}

// envelope is one answer taken apart. Everything points into the body.
type envelope struct {
	marker   marker
	units    []unit
	more     bool
	hasMeta  bool
	perPage  int // what the source says it gives a page; 0 when it does not say
	page     int // which page it says this is; 0 when it does not say
	total    int64
	hasTotal bool
}

// parseEnvelope takes an answer apart: {"data": …, "meta": {…}}, or the bare
// array that some gateways send. It judges the JSON of the whole body, so that
// an answer cut in the middle is an error and never a short page (L3).
//
// Half surrogates, bytes that are not UTF-8 and names that come twice are let
// through: they are one record's fault, and the processor deals with it.
func parseEnvelope(body []byte) (envelope, error) {
	dec := jsontext.NewDecoder(bytes.NewBuffer(body), jsontext.AllowInvalidUTF8(true), jsontext.AllowDuplicateNames(true))
	e := envelope{marker: newMarker()}
	var err error
	switch dec.PeekKind() {
	case '[':
		err = e.readArray(dec)
	case '{':
		err = e.readObject(dec)
	default:
		err = errors.New("the answer is neither an object nor an array")
		if _, read := dec.ReadToken(); read != nil {
			err = read
		}
	}
	if err != nil {
		return envelope{}, badAnswer(err)
	}
	if _, err := dec.ReadToken(); !errors.Is(err, io.EOF) {
		return envelope{}, badAnswer(errors.New("something follows the JSON of the answer"))
	}
	return e, nil
}

func badAnswer(err error) error {
	return &crm.Error{
		Code: crm.CodeBadAnswer, Origin: crm.OriginSource, Retryable: true,
		Message: "SalesRabbit's answer cannot be read", Err: err,
		Fix: "try again later; if it stays so, check that the address is SalesRabbit's interface and not a web page or a proxy",
	}
}

func (e *envelope) readObject(dec *jsontext.Decoder) error {
	if _, err := dec.ReadToken(); err != nil {
		return err
	}
	hasData := false
	for dec.PeekKind() == '"' {
		token, err := dec.ReadToken()
		if err != nil {
			return err
		}
		switch name := token.String(); name {
		case "data", "leads", "users":
			hasData = true
			if err := e.readData(dec); err != nil {
				return err
			}
		case "meta":
			value, err := dec.ReadValue()
			if err != nil {
				return err
			}
			e.readMeta(value)
		default:
			value, err := dec.ReadValue()
			if err != nil {
				return err
			}
			e.readCount(name, value)
		}
	}
	if _, err := dec.ReadToken(); err != nil {
		return err
	}
	if !hasData {
		return errors.New(`the answer has no member "data"`)
	}
	return nil
}

func (e *envelope) readData(dec *jsontext.Decoder) error {
	switch dec.PeekKind() {
	case '[':
		return e.readArray(dec)
	case '{':
		return e.readHistories(dec)
	case 'n':
		_, err := dec.ReadToken()
		return err
	default:
		if _, err := dec.ReadValue(); err != nil {
			return err
		}
		return errors.New(`"data" is neither an array nor an object`)
	}
}

func (e *envelope) readArray(dec *jsontext.Decoder) error {
	if _, err := dec.ReadToken(); err != nil {
		return err
	}
	for dec.PeekKind() != ']' {
		value, err := dec.ReadValue()
		if err != nil {
			return err
		}
		e.units = append(e.units, unit{mark: e.marker.of(value), records: [][]byte{value}})
	}
	_, err := dec.ReadToken()
	return err
}

func (e *envelope) readMeta(meta []byte) {
	rawjson.Members(meta, func(name, value []byte) bool {
		switch string(name) {
		case "morePages":
			e.hasMeta, e.more = true, string(value) == "true"
		case "resultsPerPage":
			e.perPage = number(value)
		case "currentPage":
			e.page = number(value)
		default:
			e.readCount(string(name), value)
		}
		return true
	})
}

func (e *envelope) readCount(name string, value []byte) {
	switch name {
	case "count", "total", "totalCount":
		if n, err := strconv.ParseInt(string(value), 10, 64); err == nil {
			e.total, e.hasTotal = n, true
		}
	}
}

func number(value []byte) int {
	n, err := strconv.Atoi(string(bytes.Trim(value, `"`)))
	if err != nil || n < 0 {
		return 0
	}
	return n
}
