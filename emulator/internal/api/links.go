package api

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"time"

	"corbel.example/emulator/internal/statement"
)

// linkPath is where external links point. They are fetched without authentication: the
// signature in the link is what proves the right to it.
const linkPath = "/api/2.0/sql/results"

// linkLife is how long an external link works.
const linkLife = 15 * time.Minute

var contentTypes = map[statement.Format]string{
	statement.JSONArray:   "application/json",
	statement.ArrowStream: "application/vnd.apache.arrow.stream",
	statement.CSV:         "text/csv; charset=utf-8",
}

type externalLink struct {
	chunkInfo
	ExternalLink          string `json:"external_link"`
	Expiration            string `json:"expiration"`
	NextChunkIndex        *int   `json:"next_chunk_index,omitempty"`
	NextChunkInternalLink string `json:"next_chunk_internal_link,omitempty"`
}

// signer signs links with a key that lives as long as the results do: in memory.
type signer struct{ key []byte }

func newSigner() signer {
	key := make([]byte, sha256.Size)
	rand.Read(key) // never fails: it ends the program instead
	return signer{key}
}

func (s signer) sign(id, chunk, expires string) string {
	mac := hmac.New(sha256.New, s.key)
	fmt.Fprintf(mac, "%s/%s/%s", id, chunk, expires)
	return base64.RawURLEncoding.EncodeToString(mac.Sum(nil))
}

func (s signer) valid(id, chunk, expires, signature string, now time.Time) bool {
	until, err := strconv.ParseInt(expires, 10, 64)
	return err == nil && now.Unix() < until && hmac.Equal([]byte(signature), []byte(s.sign(id, chunk, expires)))
}

func (s *server) external(r *http.Request, st *statement.Statement, c chunkInfo, next *int, nextLink string) externalLink {
	until := time.Now().Add(linkLife)
	chunk, expires := strconv.Itoa(c.ChunkIndex), strconv.FormatInt(until.Unix(), 10)
	return externalLink{
		chunkInfo:      c,
		ExternalLink:   fmt.Sprintf("%s%s/%s/%s?expires=%s&signature=%s", baseURL(r), linkPath, st.ID, chunk, expires, s.links.sign(st.ID, chunk, expires)),
		Expiration:     until.UTC().Format(time.RFC3339),
		NextChunkIndex: next, NextChunkInternalLink: nextLink,
	}
}

// externalChunk serves what an external link points to.
func (s *server) externalChunk(w http.ResponseWriter, r *http.Request) (err error) {
	id, chunk, query := r.PathValue("id"), r.PathValue("chunk"), r.URL.Query()
	if !s.links.valid(id, chunk, query.Get("expires"), query.Get("signature"), time.Now()) {
		return denied("The link is not valid, or it has expired.")
	}
	gone := &Error{http.StatusNotFound, "NOT_FOUND", "The result is no longer there."}
	index, err := strconv.Atoi(chunk)
	if err != nil {
		return gone
	}
	st, ok := s.Statements.Lookup(id)
	if !ok {
		return gone
	}
	reader, c, err := st.Open(index)
	if errors.Is(err, statement.ErrNoChunk) {
		return gone
	}
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, reader.Close()) }()
	w.Header().Set("Content-Type", contentTypes[st.Request.Format])
	w.Header().Set("Content-Length", strconv.FormatInt(c.ByteCount, 10))
	w.WriteHeader(http.StatusOK)
	io.Copy(w, reader) //nolint:errcheck // the client is gone, or the file: either way the answer is short and says so by its length
	return nil
}
