package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"os"
)

// convert is a role: it makes rows of pages. Its arguments are the file to
// write, in the text format of PostgreSQL's COPY, and the pages to read.
func convert(args []string) error {
	if len(args) < 2 {
		return errors.New("convert takes the file to write and the pages to read")
	}
	out, err := os.Create(args[0])
	if err != nil {
		return err
	}
	rows := bufio.NewWriterSize(out, 1<<20)
	for _, page := range args[1:] {
		if err := convertPage(rows, page); err != nil {
			return errors.Join(fmt.Errorf("%s: %w", page, err), out.Close())
		}
	}
	return errors.Join(rows.Flush(), out.Close())
}

func convertPage(rows *bufio.Writer, page string) error {
	body, err := os.ReadFile(page)
	if err != nil {
		return err
	}
	if len(body) == 0 {
		return nil // 304: nothing has changed
	}
	var answer struct {
		Data []json.RawMessage `json:"data"`
	}
	if err := json.Unmarshal(body, &answer); err != nil {
		return err
	}
	var line []byte
	for _, record := range answer.Data {
		if line, err = appendRow(line[:0], record); err != nil {
			return err
		}
		if _, err := rows.Write(line); err != nil {
			return err
		}
	}
	return nil
}

// appendRow appends a record as a line of COPY.
func appendRow(dst []byte, record json.RawMessage) ([]byte, error) {
	var members map[string]json.RawMessage
	if err := json.Unmarshal(record, &members); err != nil {
		return dst, err
	}
	for i, c := range columns() {
		if i > 0 {
			dst = append(dst, '\t')
		}
		value := members[c.member]
		if c.kind == kindRecord {
			value = record
		}
		text, null, err := cell(c.kind, value)
		switch {
		case err != nil:
			return dst, fmt.Errorf("%s: %w", c.member, err)
		case null:
			dst = append(dst, `\N`...)
		default:
			dst = appendEscaped(dst, text)
		}
	}
	return append(dst, '\n'), nil
}

// cell returns the text that goes into the column.
func cell(k kind, value json.RawMessage) (text []byte, null bool, err error) {
	switch {
	case len(value) == 0 || bytes.Equal(value, []byte("null")):
		return nil, true, nil
	case k == kindRecord || value[0] != '"':
		return value, false, nil
	}
	var s string
	if err := json.Unmarshal(value, &s); err != nil {
		return nil, false, err
	}
	return []byte(s), s == "" && k != kindText, nil
}

func appendEscaped(dst, text []byte) []byte {
	for _, c := range text {
		switch c {
		case '\\':
			dst = append(dst, `\\`...)
		case '\n':
			dst = append(dst, `\n`...)
		case '\r':
			dst = append(dst, `\r`...)
		case '\t':
			dst = append(dst, `\t`...)
		default:
			dst = append(dst, c)
		}
	}
	return dst
}

// unescape returns the text of a field of COPY. It works in place.
func unescape(field []byte) []byte {
	at := bytes.IndexByte(field, '\\')
	if at < 0 {
		return field
	}
	text := field[:at]
	for i := at; i < len(field); i++ {
		c := field[i]
		if c == '\\' && i+1 < len(field) {
			i++
			switch c = field[i]; c {
			case 'n':
				c = '\n'
			case 'r':
				c = '\r'
			case 't':
				c = '\t'
			}
		}
		text = append(text, c)
	}
	return text
}
