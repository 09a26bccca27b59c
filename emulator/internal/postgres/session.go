package postgres

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net"

	"github.com/jackc/pgx/v5/pgproto3"
)

// maxMessage bounds a message that the server sends before a session begins.
const maxMessage = 64 << 10

// ServerError is an error that PostgreSQL answered with.
type ServerError struct {
	pgproto3.ErrorResponse
}

func (e *ServerError) Error() string { return e.Message + " (SQLSTATE " + e.Code + ")" }

// Session is a connection to PostgreSQL on which somebody has logged in.
type Session struct {
	net.Conn
	// Greeting is what the server said after the login and before it was ready, as it said it,
	// without its key for cancel requests: that is PID and Secret.
	Greeting []byte
	PID      uint32
	Secret   []byte
}

// login logs a role in on a new connection.
func login(ctx context.Context, socket string, key []byte, parameters map[string]string) (s *Session, err error) {
	var d net.Dialer
	conn, err := d.DialContext(ctx, "unix", socket)
	if err != nil {
		return nil, err
	}
	// A deadline that is past makes reads and writes fail at once.
	stop := context.AfterFunc(ctx, func() { conn.Close() })
	defer func() {
		if !stop() && err == nil {
			err = ctx.Err()
		}
		if err != nil {
			conn.Close()
			s, err = nil, fmt.Errorf("log in to PostgreSQL: %w", err)
		}
	}()
	startup := &pgproto3.StartupMessage{ProtocolVersion: pgproto3.ProtocolVersion30, Parameters: parameters}
	if err := send(conn, startup); err != nil {
		return nil, err
	}
	if err := authenticate(conn, deriveKeys(key, parameters["user"]).exchange()); err != nil {
		return nil, err
	}
	s = &Session{Conn: conn}
	return s, s.greet()
}

func send(conn net.Conn, message pgproto3.FrontendMessage) error {
	encoded, err := message.Encode(nil)
	if err != nil {
		return err
	}
	_, err = conn.Write(encoded)
	return err
}

// receive reads one message, and not a byte more: those that follow are the session's.
func receive(conn net.Conn) (message []byte, err error) {
	header := make([]byte, 5)
	if _, err := io.ReadFull(conn, header); err != nil {
		return nil, err
	}
	length := binary.BigEndian.Uint32(header[1:])
	if length < 4 || length > maxMessage {
		return nil, fmt.Errorf("message %q of %d bytes", header[0], length)
	}
	message = make([]byte, 1+length)
	copy(message, header)
	if _, err := io.ReadFull(conn, message[5:]); err != nil {
		return nil, err
	}
	if message[0] != 'E' {
		return message, nil
	}
	refusal := &ServerError{}
	if err := refusal.Decode(message[5:]); err != nil {
		return nil, err
	}
	return nil, refusal
}

// The kinds of authentication messages that a login by SCRAM needs.
const (
	authOK           = 0
	authSASL         = 10
	authSASLContinue = 11
	authSASLFinal    = 12
)

var errAuthentication = errors.New("the server wants an authentication that was not configured")

func authenticate(conn net.Conn, e *exchange) error {
	for {
		message, err := receive(conn)
		if err != nil {
			return err
		}
		if message[0] != 'R' || len(message) < 9 {
			return errAuthentication
		}
		data := message[9:]
		switch binary.BigEndian.Uint32(message[5:]) {
		case authOK:
			if !e.proved {
				return errAuthentication
			}
			return nil
		case authSASL:
			err = send(conn, &pgproto3.SASLInitialResponse{AuthMechanism: scramMechanism, Data: e.begin()})
		case authSASLContinue:
			var proof []byte
			if proof, err = e.proceed(data); err == nil {
				err = send(conn, &pgproto3.SASLResponse{Data: proof})
			}
		case authSASLFinal:
			err = e.finish(data)
		default:
			err = errAuthentication
		}
		if err != nil {
			return err
		}
	}
}

// greet reads what the server says before it is ready.
func (s *Session) greet() error {
	for {
		message, err := receive(s.Conn)
		if err != nil {
			return err
		}
		switch {
		case message[0] == 'K' && len(message) > 9:
			s.PID, s.Secret = binary.BigEndian.Uint32(message[5:]), message[9:]
		case message[0] == 'Z':
			return nil
		default:
			s.Greeting = append(s.Greeting, message...)
		}
	}
}

// run runs statements that answer with nothing.
func (s *Session) run(statements string) error {
	if err := send(s.Conn, &pgproto3.Query{String: statements}); err != nil {
		return err
	}
	var failed error
	for {
		message, err := receive(s.Conn)
		var refusal *ServerError
		switch {
		case errors.As(err, &refusal):
			failed = err
		case err != nil:
			return err
		case message[0] == 'Z':
			return failed
		}
	}
}

// cancel asks the server to cancel what a session is doing, and waits until it has heard.
func cancel(ctx context.Context, socket string, pid uint32, secret []byte) error {
	var d net.Dialer
	conn, err := d.DialContext(ctx, "unix", socket)
	if err != nil {
		return err
	}
	defer conn.Close()
	defer context.AfterFunc(ctx, func() { conn.Close() })()
	if err := send(conn, &pgproto3.CancelRequest{ProcessID: pid, SecretKey: secret}); err != nil {
		return err
	}
	if _, err := conn.Read(make([]byte, 1)); !errors.Is(err, io.EOF) {
		return err
	}
	return nil
}
