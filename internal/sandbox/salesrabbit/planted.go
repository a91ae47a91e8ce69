package salesrabbit

import (
	"bytes"
	"encoding/json"
	"maps"
	"slices"
	"strconv"
)

// Fields are raw JSON values by the name of the field that shows them. Nothing
// checks them: what is put in comes out, well-formed or not.
type Fields map[string]json.RawMessage

// planted is what a lead shows in place of what its state says.
type planted struct {
	fields Fields
	whole  []byte // the whole record; nil: fields count
}

// hidesID reports whether the lead shows another id than its own.
func (p *planted) hidesID() bool {
	_, ok := p.fields["id"]
	return ok || p.whole != nil
}

// shows reports whether the lead shows that id in place of its own.
func (p *planted) shows(id int64) bool {
	raw, ok := p.fields["id"]
	return ok && p.whole == nil && string(raw) == strconv.FormatInt(id, 10)
}

// Put adds a lead that shows these fields, known or not, instead of its own and
// returns the id by which the model knows it. Lists sort and select it by its
// true times, which are now: a dateModified among the fields is only shown.
func (a *Account) Put(f Fields) int64 { return a.plant(&planted{fields: maps.Clone(f)}) }

// PutWhole adds a lead that shows as these bytes and nothing else.
func (a *Account) PutWhole(record []byte) int64 { return a.plant(&planted{whole: bytes.Clone(record)}) }

// Edit makes the lead show these fields, beside those put earlier, as modified
// now. It is false when there is no such lead.
func (a *Account) Edit(id int64, f Fields) bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	row, ok := a.row(id)
	if !ok || !a.leads[row].alive() {
		return false
	}
	fields := Fields{}
	if before := a.planted[row]; before != nil {
		maps.Copy(fields, before.fields)
	}
	maps.Copy(fields, f)
	l := a.edit(row)
	l.version++
	a.planted[row] = &planted{fields: fields}
	a.setModified(row, a.tick())
	return true
}

func (a *Account) plant(p *planted) int64 {
	a.mu.Lock()
	defer a.mu.Unlock()
	id := a.insert(1)[0]
	a.planted[int(id-firstID)] = p
	return id
}

// appendOver appends the JSON object plain with the values of fields in place of
// its own, and then the fields that it does not have. The objects address and
// coordinates are entered.
func appendOver(dst, plain []byte, fields Fields) []byte {
	left := maps.Clone(fields)
	dst = appendReplaced(dst, plain, left)
	if len(left) == 0 {
		return dst
	}
	dst = dst[:len(dst)-1]
	for _, name := range slices.Sorted(maps.Keys(left)) {
		dst = strconv.AppendQuote(append(dst, ','), name)
		dst = append(append(dst, ':'), left[name]...)
	}
	return append(dst, '}')
}

func appendReplaced(dst, plain []byte, left Fields) []byte {
	in := json.NewDecoder(bytes.NewReader(plain))
	_, _ = in.Token() // the opening brace
	open := byte('{')
	for in.More() {
		token, _ := in.Token()
		name, _ := token.(string)
		var value json.RawMessage
		_ = in.Decode(&value)
		dst = append(dst, open, '"')
		dst = append(append(dst, name...), '"', ':')
		open = ','
		switch raw, ok := left[name]; {
		case ok:
			dst = append(dst, raw...)
			delete(left, name)
		case name == "address", name == "coordinates":
			dst = appendReplaced(dst, value, left)
		default:
			dst = append(dst, value...)
		}
	}
	return append(dst, '}')
}
