package processor_test

import (
	"testing"

	"github.com/warren-sync/warren/internal/crm"
	"github.com/warren-sync/warren/internal/processor"
	"github.com/warren-sync/warren/internal/source/salesrabbit"
	"github.com/warren-sync/warren/internal/validator"
)

// benchLead is a lead of about 1.4 kB, as the sandbox makes them.
const benchLead = `{"id":12345678,"userId":987654,"userName":"Jane Rep","firstName":"Siobhán","lastName":"O'Neill-García","businessName":"",` +
	`"phonePrimary":"(555) 555-0100","phoneAlternate":"","email":"siobhan.o'neill@example.com","street1":"1048 Evergreen Terrace","street2":"Apt 7",` +
	`"city":"Akron","state":"OH","zip":"44301","country":"USA","latitude":41.0814447,"longitude":-81.5190053,"status":"Not Home",` +
	`"notes":"Spoke to the neighbour, who says that they are away until the end of the month.\nCome back on a Saturday morning; the dog is friendly. ` +
	`Roof looks about fifteen years old, two missing shingles on the north side, gutters replaced lately. Asked for a quote on solar as well. ` +
	`Left a door hanger and a card with the office number. Second visit agreed for the week after next, any time after six in the evening.",` +
	`"customFields":{"Roof Age":"15","Utility Provider":"Ohio Edison","Monthly Bill":"142.50","Homeowner":"yes","Best Time":"Saturday morning","Source":"canvass","HOA":"no","Stories":"2"},` +
	`"appointment":null,"integrationData":{},"campaignId":4411,"dateOfBirth":null,"files":[{"id":1,"name":"front.jpg","url":"https://files.example.com/a/b/c/front.jpg"}],` +
	`"statusModified":"2026-05-20T18:01:02+00:00","ownerModified":"2026-05-01T08:00:00+00:00","dateCreated":"2026-04-01T08:00:00+00:00","dateModified":"2026-05-20T18:01:02+00:00","deletedAt":null}`

func leadProcessor(tb testing.TB) *processor.Processor {
	tb.Helper()
	source := salesrabbit.Source()
	stream, _ := source.Stream("leads")
	registry := validator.NewRegistry()
	p, err := processor.New(stream, processor.Options{
		Check: func(rule crm.Rule) (func([]byte) error, error) {
			v, err := registry.New(rule)
			if err != nil {
				return nil, err
			}
			return v.Check, nil
		},
		Normalize: validator.NewNormalizer,
	})
	if err != nil {
		tb.Fatal(err)
	}
	return p
}

func BenchmarkIdentify(b *testing.B) {
	p := leadProcessor(b)
	raw := []byte(benchLead)
	var row crm.Row
	b.SetBytes(int64(len(raw)))
	b.ReportAllocs()
	for b.Loop() {
		if reject := p.Identify(raw, &row); reject != nil {
			b.Fatal(reject.Reason)
		}
	}
}

func BenchmarkMap(b *testing.B) {
	p := leadProcessor(b)
	raw := []byte(benchLead)
	var row crm.Row
	if reject := p.Identify(raw, &row); reject != nil {
		b.Fatal(reject.Reason)
	}
	b.SetBytes(int64(len(raw)))
	b.ReportAllocs()
	for b.Loop() {
		if _, reject := p.Map(&row, nil); reject != nil {
			b.Fatal(reject.Reason)
		}
	}
}
