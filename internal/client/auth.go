package client

import "net/http"

// auth puts the token on a copy of the request, so that only the wire ever
// holds a request with it (L8).
type auth struct {
	next  doer
	token Token
}

func (a *auth) Do(req *http.Request) (*Response, error) {
	if a.token.IsZero() {
		return a.next.Do(req)
	}
	signed := req.Clone(req.Context())
	signed.Header.Set("Authorization", "Bearer "+a.token.text())
	return a.next.Do(signed)
}
