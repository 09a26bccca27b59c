package api

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"

	"corbel.example/emulator/internal/metastore"
)

// Error is an error answer of the REST APIs.
type Error struct {
	Status int
	// Code is a name, or a number where no API has given the answer.
	Code    string
	Message string
}

func (e *Error) Error() string { return e.Code + ": " + e.Message }

func (e *Error) write(w http.ResponseWriter) {
	body := map[string]any{"error_code": e.Code, "message": e.Message}
	if number, err := strconv.Atoi(e.Code); err == nil { // what comes from before the APIs
		body["error_code"] = number
		w.Header().Set("X-Databricks-Reason-Phrase", e.Message)
	}
	writeJSON(w, e.Status, body)
}

func invalid(format string, args ...any) *Error {
	return &Error{http.StatusBadRequest, "INVALID_PARAMETER_VALUE", fmt.Sprintf(format, args...)}
}

func malformed(err error) *Error {
	var tooLarge *http.MaxBytesError
	if errors.As(err, &tooLarge) {
		return &Error{http.StatusRequestEntityTooLarge, "MAX_REQUEST_SIZE_EXCEEDED", fmt.Sprintf("The request is larger than %d bytes.", tooLarge.Limit)}
	}
	var syntax *json.SyntaxError
	if errors.As(err, &syntax) || errors.Is(err, io.ErrUnexpectedEOF) {
		return &Error{http.StatusBadRequest, "MALFORMED_REQUEST", "Invalid JSON given in the body of the request - failed to parse given JSON"}
	}
	return &Error{http.StatusBadRequest, "MALFORMED_REQUEST", "Could not parse request object: " + err.Error()}
}

// notFound says that a securable does not exist: CATALOG_DOES_NOT_EXIST and so on.
func notFound(n metastore.Name) *Error {
	return &Error{http.StatusNotFound, string(n.Kind()) + "_DOES_NOT_EXIST", fmt.Sprintf("%s '%s' does not exist.", n.Kind().Title(), n)}
}

func alreadyExists(n metastore.Name) *Error {
	return &Error{http.StatusBadRequest, string(n.Kind()) + "_ALREADY_EXISTS", n.Kind().Title() + " '" + n.String() + "' already exists"}
}

func denied(message string) *Error {
	return &Error{http.StatusForbidden, "PERMISSION_DENIED", message}
}

// unserved says that the real API does what this one does not.
func unserved(format string, args ...any) *Error {
	return &Error{http.StatusNotImplemented, "NOT_IMPLEMENTED", fmt.Sprintf(format, args...)}
}

func unknownPrincipal(name string) *Error {
	return &Error{http.StatusNotFound, "PRINCIPAL_DOES_NOT_EXIST", "Could not find principal with name " + name + "."}
}

// fromMetastore turns the metastore's errors into answers.
func fromMetastore(n metastore.Name, err error) error {
	var lacks *metastore.DeniedError
	var badName *metastore.InvalidNameError
	switch {
	case errors.As(err, &lacks):
		return denied(lacks.Error())
	case errors.As(err, &badName):
		return invalid("%s", badName)
	case errors.Is(err, metastore.ErrNotFound):
		return notFound(n)
	case errors.Is(err, metastore.ErrExists):
		return alreadyExists(n)
	}
	return err
}

// writeJSON writes an answer. A client that is gone can't be told about it.
func writeJSON(w http.ResponseWriter, status int, body any) {
	data, err := json.Marshal(body)
	if err != nil {
		status, data = http.StatusInternalServerError, []byte(`{"error_code":"INTERNAL_ERROR","message":"The answer could not be encoded."}`)
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	w.Write(data)
}
