package lakebase

import (
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5/pgproto3"

	"corbel.example/emulator/internal/postgres"
)

// SQLSTATEs of refused logins.
const (
	codeProtocol    = "08P01"
	codeInsecure    = "28000"
	codePassword    = "28P01"
	codeTooMany     = "53300"
	codeUnavailable = "57P03"
)

// refusal is why nobody was let in, in the words of the client.
type refusal struct {
	code, message string
}

func (r *refusal) Error() string { return r.message }

func wrongPassword(user string) error {
	return &refusal{codePassword, fmt.Sprintf("password authentication failed for user '%s'", user)}
}

var (
	errInsecure = &refusal{codeInsecure, "connection is insecure (try using `sslmode=require`)"}
	errTooMany  = &refusal{codeTooMany, "sorry, too many clients already"}
	errStarting = &refusal{codeUnavailable, "the database system is starting up"}
	errDown     = &refusal{codeUnavailable, "the database system is not accepting connections"}
)

// response is what the client is told about an error; nil when there is nobody to tell.
func response(err error) pgproto3.BackendMessage {
	var (
		ours   *refusal
		theirs *postgres.ServerError
	)
	switch {
	case errors.As(err, &ours):
		return fatal(ours.code, ours.message)
	case errors.As(err, &theirs):
		return &theirs.ErrorResponse
	case errors.Is(err, errProtocol):
		return fatal(codeProtocol, errProtocol.Error())
	}
	return nil
}

func fatal(code, message string) pgproto3.BackendMessage {
	return &pgproto3.ErrorResponse{Severity: "FATAL", SeverityUnlocalized: "FATAL", Code: code, Message: message}
}
