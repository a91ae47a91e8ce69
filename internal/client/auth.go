package client

import "net/http"

// auth puts the token on a copy of the request, so that only the wire ever
// holds a request with it (L8): that of the call's terms, else the account's.
type auth struct {
	next  doer
	token Token
}

func (a *auth) Do(req *http.Request) (*Response, error) {
	token := termsOf(req.Context()).token
	if token.IsZero() {
		token = a.token
	}
	if token.IsZero() {
		return a.next.Do(req)
	}
	signed := req.Clone(req.Context())
	signed.Header.Set("Authorization", "Bearer "+token.text())
	return a.next.Do(signed)
}
