package athena

import (
	"encoding/xml"
	"errors"
	"net/http"
	"strconv"
	"strings"
)

// target returns the bucket and the key that a call of S3 is about.
func target(r *http.Request) (bucket, key string) {
	bucket, key, _ = strings.Cut(strings.TrimPrefix(r.URL.Path, "/"), "/")
	return bucket, key
}

// s3Route names the operation that a call of S3 is.
func s3Route(r *http.Request) string {
	_, key := target(r)
	query := r.URL.Query()
	switch {
	case key != "":
		return "S3." + map[string]string{
			http.MethodGet: "GetObject", http.MethodHead: "HeadObject", http.MethodPut: "PutObject", http.MethodDelete: "DeleteObject",
		}[r.Method]
	case r.Method == http.MethodHead:
		return "S3.HeadBucket"
	case query.Has("location"):
		return "S3.GetBucketLocation"
	case query.Get("list-type") == "2":
		return "S3.ListObjectsV2"
	case query.Has("delete"):
		return "S3.DeleteObjects"
	}
	return "S3." + r.Method
}

// serveS3 asks for the key and lets the traps strike before gofakes3 answers.
func (s *Server) serveS3(w http.ResponseWriter, r *http.Request) {
	switch accessKey(r) {
	case s.cfg.AccessKey:
	case "":
		sendS3(w, r, http.StatusForbidden, "AccessDenied", "Access Denied")
		return
	default:
		sendS3(w, r, http.StatusForbidden, "InvalidAccessKeyId", "The AWS Access Key Id you provided does not exist in our records.")
		return
	}
	bucket, key := target(r)
	if key == "" || r.Method != http.MethodGet && r.Method != http.MethodHead {
		s.s3.ServeHTTP(&body{ResponseWriter: w}, r)
		return
	}
	s.readObject(w, r, bucket, key)
}

func (s *Server) readObject(w http.ResponseWriter, r *http.Request, bucket, key string) {
	s.mu.Lock()
	traps, strikes := s.traps, s.strikes
	read := s.reads[bucket+"/"+key] + 1
	if r.Method == http.MethodGet {
		s.reads[bucket+"/"+key] = read
	}
	s.mu.Unlock()
	switch {
	case strikes.s3Slowdown.Next(traps.S3Slowdown, "", 1):
		sendS3(w, r, http.StatusServiceUnavailable, "SlowDown", "Please reduce your request rate.")
		return
	case traps.S3Closed:
		sendS3(w, r, http.StatusForbidden, "AccessDenied", "Access Denied")
		return
	case read <= traps.LateFile:
		sendS3(w, r, http.StatusNotFound, "NoSuchKey", "The specified key does not exist.")
		return
	}
	// gofakes3 does not look at If-Match.
	if wanted := r.Header.Get("If-Match"); wanted != "" && wanted != "*" && strings.Trim(wanted, `"`) != strings.Trim(s.objects.ETag(bucket, key), `"`) {
		sendS3(w, r, http.StatusPreconditionFailed, "PreconditionFailed", "At least one of the pre-conditions you specified did not hold")
		return
	}
	out := &body{ResponseWriter: w}
	if r.Method == http.MethodGet {
		out.cut = strikes.cut.Next(traps.Cut, "", 1)
		if traps.Rewritten && read == traps.LateFile+1 {
			out.cut, out.onCut = true, func() { _ = s.objects.Rewrite(bucket, key) } // the reader sees whether it was
		}
	}
	s.s3.ServeHTTP(out, r)
}

// errCut is what gofakes3 hears when a body is cut.
var errCut = errors.New("cut")

// body passes an answer on, or half of it. What gofakes3 says after it began the
// answer, because the reader went away, is not said.
type body struct {
	http.ResponseWriter

	cut   bool
	onCut func()
	began bool
	over  bool
	left  int64
}

// WriteHeader begins the answer.
func (b *body) WriteHeader(status int) {
	if b.began {
		b.over = true // an error's text, behind a body that failed
		return
	}
	b.began = true
	length, _ := strconv.ParseInt(b.Header().Get("Content-Length"), 10, 64)
	b.left = length / 2
	b.cut = b.cut && status < 300
	b.ResponseWriter.WriteHeader(status)
}

// Write passes on what may pass. A handler that returns short of the declared
// length makes net/http close the connection.
func (b *body) Write(p []byte) (int, error) {
	if !b.began {
		b.WriteHeader(http.StatusOK)
	}
	if b.over {
		return len(p), nil
	}
	if !b.cut {
		return b.ResponseWriter.Write(p)
	}
	n, err := b.ResponseWriter.Write(p[:min(int64(len(p)), b.left)])
	b.left -= int64(n)
	if err == nil && b.left == 0 {
		b.over = true
		if b.onCut != nil {
			b.onCut()
		}
		err = errCut
	}
	return n, err
}

// failS3Wire answers for faults of the wire.
func failS3Wire(w http.ResponseWriter, status int, text string) {
	code := map[int]string{401: "ExpiredToken", 429: "SlowDown", 503: "SlowDown"}[status]
	if code == "" {
		code = "InternalError"
	}
	writeS3(w, status, code, text)
}

func sendS3(w http.ResponseWriter, r *http.Request, status int, code, text string) {
	if r.Method == http.MethodHead {
		w.WriteHeader(status)
		return
	}
	writeS3(w, status, code, text)
}

func writeS3(w http.ResponseWriter, status int, code, text string) {
	answer, _ := xml.Marshal(struct {
		XMLName   xml.Name `xml:"Error"`
		Code      string
		Message   string
		RequestID string `xml:"RequestId"`
	}{Code: code, Message: text, RequestID: "0000000000000001"}) // it has nothing that could fail
	w.Header().Set("Content-Type", "application/xml")
	w.WriteHeader(status)
	_, _ = w.Write(append([]byte(xml.Header), answer...))
}
