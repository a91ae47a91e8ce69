package hubspot

import (
	"errors"
	"strings"

	"github.com/warren-sync/warren/internal/crm"
)

// absent turns an error that says that the token may not read the stream, or that
// the account does not have it, into one that names the scope. Streams that an
// account can do without are left out then.
func (c *connector) absent(stream crm.Stream, err error) error {
	var e *crm.Error
	if !errors.As(err, &e) {
		return err
	}
	said, _ := errors.AsType[*refusal](err)
	switch {
	case e.Code == crm.CodeForbidden && said != nil && (said.Category == missingScopes || len(said.scopes()) > 0):
		return lacking(stream, said, err)
	case e.Code == crm.CodeNotFound && stream.Optional, e.Code == crm.CodeSourceRefused && stream.Optional && unknownType(said):
		return &crm.Error{
			Code: crm.CodeStreamAbsent, Origin: crm.OriginSource, Err: err,
			Message: "this HubSpot account does not offer " + stream.Name,
			Fix:     "Have HubSpot offer it to the account and run it again, or set enabled: false under the stream in warren.yaml",
		}
	case e.Code == crm.CodeSourceRefused && unknownType(said):
		told := *e
		told.Fix = "Correct the type id of " + stream.Name + " in custom_objects."
		return &told
	}
	return err
}

// unknownType reports whether HubSpot says that there is no such type of record.
func unknownType(r *refusal) bool {
	return r != nil && strings.Contains(r.Message, "infer object type")
}

func lacking(stream crm.Stream, said *refusal, err error) error {
	right, give := "a right that HubSpot does not name", "the scope that reads "+stream.Name+" (crm.objects.*.read)"
	if scopes := said.scopes(); len(scopes) > 0 {
		right = "the scope " + strings.Join(scopes, ", ")
		give = right
	}
	code := crm.CodeForbidden
	if stream.Optional {
		code = crm.CodeStreamAbsent
	}
	return &crm.Error{
		Code: code, Origin: crm.OriginSource, Err: err,
		Message: "the token may not read " + stream.Name + ": it lacks " + right,
		Fix:     "Give the service key (or the private app) " + give + ", in HubSpot under Settings > Integrations, and run it again",
	}
}
