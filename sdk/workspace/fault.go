package workspace

import (
	"context"
	"errors"
	"io"
	"net/http"
	"regexp"
	"strings"
	"time"

	"github.com/databricks/databricks-sdk-go/apierr"
	"github.com/databricks/databricks-sdk-go/httpclient"
	"golang.org/x/oauth2"

	"corbel.example/sdk/fault"
)

// Origin is the Origin of faults that the workspace caused.
const Origin = "databricks"

// Fault classifies an error of a Databricks call: its kind decides the HTTP status, its code is Databricks' own, its
// message is for the user and names no host, path or token. A fault is returned as it is; nil gives nil.
func Fault(err error) *fault.Error {
	var (
		known *fault.Error
		api   *apierr.APIError
		token *oauth2.RetrieveError
		lost  *connectionError
	)
	switch {
	case err == nil:
		return nil
	case errors.As(err, &known):
		return known
	case errors.As(err, &api):
		return ofAPI(api)
	case errors.As(err, &token), errors.Is(err, errDiscovery):
		return &fault.Error{
			Kind: fault.Unavailable, Code: "APP_CREDENTIALS_REFUSED", Origin: Origin, Err: err,
			Message: "The application could not sign in to Databricks as itself. Check DATABRICKS_CLIENT_ID and DATABRICKS_CLIENT_SECRET.",
		}
	case errors.As(err, &lost):
		return fault.Wrap(fault.Unavailable, errors.Join(lost, lost.cause), "Databricks cannot be reached right now. Try again in a moment.").WithOrigin(Origin)
	case errors.Is(err, context.Canceled):
		return fault.Wrap(fault.Canceled, err, "").WithOrigin(Origin)
	case errors.Is(err, context.DeadlineExceeded), strings.Contains(err.Error(), inactivity), strings.Contains(err.Error(), rateDeadline):
		return upstreamTimeout(err)
	case errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, io.EOF):
		return fault.Wrap(fault.Unavailable, err, "Databricks' answer broke off. Try again in a moment.").WithOrigin(Origin)
	case errors.Is(err, errTooLarge):
		return fault.Wrap(fault.Upstream, err, "Databricks' answer is too large. Ask for less.").WithOrigin(Origin)
	case errors.Is(err, httpclient.ErrHTMLContent):
		return garbage(err)
	}
	if text, _, found := strings.Cut(err.Error(), sdkQuote); found {
		// What follows quotes request and answer.
		return garbage(errors.New(text))
	}
	return fault.Wrap(fault.Upstream, err, "").WithOrigin(Origin)
}

// Words by which the SDK's untyped errors are known.
const (
	inactivity   = "of inactivity"
	rateDeadline = "would exceed context deadline"
	sdkQuote     = ". This is likely a bug in the Databricks SDK"
	// invalidToken is how Databricks' own message about a token begins; its code is the status.
	invalidToken = "Invalid access token"
)

func garbage(err error) *fault.Error {
	return fault.Wrap(fault.Upstream, err, "Databricks gave an answer that makes no sense. Try again; if it stays, tell your administrator.").WithOrigin(Origin)
}

func upstreamTimeout(err error) *fault.Error {
	return fault.Wrap(fault.Timeout, err, "Databricks did not answer in time. Try again, or ask for less.").WithOrigin(Origin)
}

// errNoUserToken is the fault for a user whose token did not come along.
func errNoUserToken(scopes []string) *fault.Error {
	message := "This application was not given your Databricks access token. Ask its administrator to turn on user authorization"
	if len(scopes) > 0 {
		message += " with the scopes " + strings.Join(scopes, ", ")
	}
	return fault.New(fault.Unauthenticated, message+".").WithCode("USER_AUTHORIZATION_REQUIRED").WithOp("workspace.user").WithOrigin(Origin)
}

func ofAPI(e *apierr.APIError) *fault.Error {
	kind := kindOfAPI(e)
	f := fault.Wrap(kind, e, "").WithOrigin(Origin)
	if code.MatchString(e.ErrorCode) && e.ErrorCode != "UNKNOWN" && e.ErrorCode != "IO_READ" {
		f.Code = e.ErrorCode
	}
	switch {
	case kind == fault.Unauthenticated:
		f.Message = "Databricks does not accept your session any more. Sign in again."
	case kind == fault.Exhausted:
		f.Message = "Databricks is getting too many requests. Try again in a moment."
	case kind == fault.Unavailable:
		f.Message = "Databricks is not available right now. Try again in a moment."
	case f.Code != "" && kind != fault.Upstream && kind != fault.NotImplemented:
		// Databricks' own sentence says what the user can change. Without a code the text is that of a gateway.
		f.Message = Presentable(e.Message)
	}
	if kind == fault.Exhausted || kind == fault.Unavailable {
		if e.ResponseWrapper != nil && e.ResponseWrapper.Response != nil {
			f.RetryAfter = parseRetryAfter(e.ResponseWrapper.Response.Header.Get("Retry-After"), time.Now())
		}
	}
	return f
}

func kindOfAPI(e *apierr.APIError) fault.Kind {
	switch {
	case strings.HasSuffix(e.ErrorCode, "_DOES_NOT_EXIST"), strings.HasSuffix(e.ErrorCode, "_NOT_FOUND"):
		return fault.NotFound
	case e.ErrorCode == "PERMISSION_DENIED" && e.StatusCode < http.StatusInternalServerError:
		return fault.Forbidden
	case e.StatusCode == http.StatusForbidden && strings.HasPrefix(e.Message, invalidToken):
		// Databricks says 403 of a token that has expired or was revoked; a refusal names what is refused.
		return fault.Unauthenticated
	}
	switch e.StatusCode {
	case http.StatusBadRequest, http.StatusUnprocessableEntity:
		return fault.Invalid
	case http.StatusUnauthorized:
		return fault.Unauthenticated
	case http.StatusForbidden:
		return fault.Forbidden
	case http.StatusNotFound:
		return fault.NotFound
	case http.StatusConflict:
		return fault.Conflict
	case http.StatusRequestEntityTooLarge:
		return fault.TooLarge
	case http.StatusTooManyRequests:
		return fault.Exhausted
	case http.StatusNotImplemented:
		return fault.NotImplemented
	case http.StatusBadGateway, http.StatusServiceUnavailable:
		return fault.Unavailable
	case http.StatusGatewayTimeout:
		return fault.Timeout
	default:
		return fault.Upstream
	}
}

const maxMessageRunes = 500

var (
	code = regexp.MustCompile(`^[A-Z][A-Z0-9_.]{1,99}$`)
	// revealing is what a message for users must not hold: addresses, API paths, tokens.
	revealing = regexp.MustCompile(`(?i)\b[a-z][a-z0-9+]{1,9}://\S+` +
		`|/api/\d\S*` +
		`|\b(?:dapi|dose|dkea)[0-9a-f]{20,}\S*` +
		`|\beyJ[\w-]{8,}(?:\.[\w-]*)*` +
		`|\bBearer\s+\S+` +
		`|\b\d{1,3}(?:\.\d{1,3}){3}(?::\d+)?\b` +
		`|\b[a-z0-9-]+(?:\.[a-z0-9-]+)*\.(?:databricks\.com|azuredatabricks\.net|databricks\.azure\.cn|databricks\.us)\b\S*`)
	spaces = regexp.MustCompile(`\s+`)
)

// Presentable returns a message of Databricks as a user may see it: one line, bounded, without addresses and tokens.
func Presentable(message string) string {
	message = revealing.ReplaceAllString(strings.ToValidUTF8(message, "\uFFFD"), "(hidden)")
	message = strings.TrimSpace(spaces.ReplaceAllString(message, " "))
	if runes := []rune(message); len(runes) > maxMessageRunes {
		message = string(runes[:maxMessageRunes]) + "…"
	}
	return message
}
