// Package rest reads and writes the JSON of a plugin's API: strict in what it takes, with faults that name the field.
package rest

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"corbel.example/sdk/fault"
)

// MediaType is the type of bodies that are read unless others are named, and of all that are written.
const MediaType = "application/json"

// Decode reads a request's body of at most limit bytes into v. The body must be one JSON value in UTF-8 without fields
// that v lacks. Errors are faults of kind Invalid or TooLarge. A body without Content-Type is taken for JSON;
// mediaTypes are accepted beside MediaType, such as application/merge-patch+json.
func Decode(w http.ResponseWriter, r *http.Request, limit int64, v any, mediaTypes ...string) error {
	if kind := r.Header.Get("Content-Type"); kind != "" {
		media, _, err := mime.ParseMediaType(kind)
		if err != nil || media != MediaType && !slices.Contains(mediaTypes, media) {
			return fault.New(fault.Invalid, "The request body must be "+MediaType+".").WithField("Content-Type", "must be "+MediaType)
		}
	}
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, limit))
	if err != nil {
		return fault.FromRequest(err)
	}
	return Unmarshal(body, v)
}

// Unmarshal is Decode for a body, or a part of one, that was read already.
func Unmarshal(body []byte, v any) error {
	if !utf8.Valid(body) {
		return fault.New(fault.Invalid, "The request body is not valid UTF-8.")
	}
	d := json.NewDecoder(bytes.NewReader(body))
	d.DisallowUnknownFields()
	if err := d.Decode(v); err != nil {
		return explain(err)
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return fault.New(fault.Invalid, "The request body holds more than one JSON value.")
	}
	return nil
}

// unknownField is how encoding/json begins the error that has no type of its own.
const unknownField = "json: unknown field "

func explain(err error) error {
	var (
		syntax *json.SyntaxError
		kind   *json.UnmarshalTypeError
	)
	switch {
	case errors.As(err, &kind) && kind.Field != "":
		path := "/" + strings.ReplaceAll(kind.Field, ".", "/")
		return fault.Wrap(fault.Invalid, err, path[1:]+" must not be a JSON "+kind.Value+".").WithField(path, "must not be a JSON "+kind.Value)
	case errors.As(err, &kind):
		return fault.Wrap(fault.Invalid, err, "The request body must be a JSON object.")
	case errors.As(err, &syntax):
		return fault.Wrap(fault.Invalid, err, "The request body is not valid JSON.")
	case errors.Is(err, io.EOF):
		return fault.Wrap(fault.Invalid, err, "The request body is empty.")
	case errors.Is(err, io.ErrUnexpectedEOF):
		return fault.Wrap(fault.Invalid, err, "The request body is cut off.")
	}
	if name, found := strings.CutPrefix(err.Error(), unknownField); found {
		return fault.Wrap(fault.Invalid, err, "There is no field "+name+".").WithField("/"+strings.Trim(name, `"`), "is not a field of this request")
	}
	return fault.Wrap(fault.Invalid, err, "")
}

// Write answers with v as JSON. What one user sees is not for shared caches, nor for the next user of the same browser.
func Write(w http.ResponseWriter, status int, v any) error {
	var body bytes.Buffer
	encoder := json.NewEncoder(&body)
	encoder.SetEscapeHTML(false) // JSON is not HTML, and its media type says so
	if err := encoder.Encode(v); err != nil {
		return fmt.Errorf("write answer: %w", err)
	}
	h := w.Header()
	h.Set("Content-Type", MediaType)
	h.Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	// The client may be gone: there is nobody left to tell.
	_, _ = body.WriteTo(w)
	return nil
}

// Limit reads ?limit= from query: how many items a page has, from 1 to most; fallback when it is absent.
func Limit(query url.Values, fallback, most int) (int, error) {
	if !query.Has("limit") {
		return fallback, nil
	}
	n, err := strconv.Atoi(query.Get("limit"))
	if err != nil || n < 1 || n > most {
		return 0, OutOfRange("limit", 1, int64(most))
	}
	return n, nil
}

// OutOfRange is the fault of a number that must be whole and between least and most. Field is a query parameter or, in a
// body, a JSON pointer.
func OutOfRange(field string, least, most int64) *fault.Error {
	message := fmt.Sprintf("must be a whole number from %d to %d", least, most)
	return fault.New(fault.Invalid, strings.TrimPrefix(field, "/")+" "+message+".").WithCode("OUT_OF_RANGE").WithField(field, message)
}
