package api

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"mime"
	"net/http"
	"strings"
	"unicode/utf8"

	"corbel.example/sdk/fault"
)

// decode reads a request's body, which must be one JSON object without unknown fields.
func decode(w http.ResponseWriter, r *http.Request, v any) error {
	if kind := r.Header.Get("Content-Type"); kind != "" {
		if media, _, err := mime.ParseMediaType(kind); err != nil || media != "application/json" {
			return fault.New(fault.Invalid, "The request body must be application/json.").WithField("Content-Type", "must be application/json")
		}
	}
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxBody))
	if err != nil {
		return fault.FromRequest(err)
	}
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
	case errors.As(err, &kind) && kind.Field == "row_limit":
		return outOfRange("row_limit", 1, maxRowLimit)
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
