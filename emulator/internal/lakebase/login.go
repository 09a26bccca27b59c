package lakebase

import (
	"bytes"
	"context"
	"crypto/rand"
	"crypto/tls"
	"encoding/binary"
	"errors"
	"log/slog"
	"net"

	"github.com/jackc/pgx/v5/pgproto3"

	"corbel.example/emulator/internal/postgres"
)

// errNoSession says that a connection had another purpose, or was refused.
var errNoSession = errors.New("no session")

// login talks with a client until it has a session. It tells the client when it gets none.
func (f *front) login(raw net.Conn) (*session, error) {
	ctx, cancel := context.WithTimeout(f.ctx, f.loginTimeout)
	defer cancel()
	defer context.AfterFunc(ctx, func() { raw.Close() })()
	conn, start, err := f.begin(ctx, raw)
	if err == nil {
		var s *session
		if s, err = f.authenticated(ctx, conn, start); err == nil {
			return s, nil
		}
	}
	if r := response(err); r != nil {
		if err := send(conn, r); err == nil {
			conn.Close() // says goodbye, which the raw connection would not
		}
	}
	return nil, errNoSession
}

// begin reads packets until the startup message, and makes the connection a secure one.
func (f *front) begin(ctx context.Context, raw net.Conn) (net.Conn, startup, error) {
	conn, secure := raw, false
	for range 3 { // at most one request for GSS, one for TLS, and the startup message
		code, rest, err := readPacket(conn)
		if err != nil {
			return conn, startup{}, err
		}
		switch code {
		case gssRequest:
			if _, err := conn.Write([]byte{'N'}); err != nil {
				return conn, startup{}, err
			}
		case sslRequest:
			if secure {
				return conn, startup{}, errProtocol
			}
			if _, err := conn.Write([]byte{'S'}); err != nil {
				return conn, startup{}, err
			}
			encrypted := tls.Server(conn, f.tls)
			if err := encrypted.HandshakeContext(ctx); err != nil {
				return conn, startup{}, err
			}
			conn, secure = encrypted, true
		case cancelRequest:
			f.forwardCancel(ctx, rest)
			return conn, startup{}, errNoSession
		default:
			start, err := parseStartup(code, rest)
			switch {
			case err != nil && !errors.Is(err, errProtocol):
				err = &refusal{codeProtocol, err.Error()}
			case err == nil && !secure:
				err = errInsecure
			}
			return conn, start, err
		}
	}
	return conn, startup{}, errProtocol
}

// authenticated asks for the token, and logs in upstream if it is good.
func (f *front) authenticated(ctx context.Context, conn net.Conn, start startup) (*session, error) {
	user := start.parameters["user"]
	if user == "" {
		return nil, &refusal{codeInsecure, "no PostgreSQL user name specified in startup packet"}
	}
	if err := send(conn, start.negotiation(), &pgproto3.AuthenticationCleartextPassword{}); err != nil {
		return nil, err
	}
	token, err := readPassword(conn)
	if err != nil {
		return nil, err
	}
	id, err := f.check(user, token)
	if err != nil {
		f.log.InfoContext(ctx, "login refused", slog.String("error", err.Error()))
		return nil, wrongPassword(user)
	}
	upstream, err := f.open(ctx, start.parameters)
	if err != nil {
		f.log.WarnContext(ctx, "login failed", slog.String("user_id", id), slog.String("error", err.Error()))
		return nil, err
	}
	s, err := f.add(conn, upstream)
	if err != nil {
		upstream.Close()
		return nil, err
	}
	if err := s.greet(); err != nil {
		f.remove(s)
		return nil, err
	}
	f.log.InfoContext(ctx, "login", slog.String("user_id", id), slog.Uint64("pid", uint64(upstream.PID)))
	return s, nil
}

// open opens a session in PostgreSQL as the role of the user. A server that is starting is
// waited for: clients of Lakebase wait for one that wakes.
func (f *front) open(ctx context.Context, parameters map[string]string) (*postgres.Session, error) {
	wake, cancel := context.WithTimeout(ctx, wakeTimeout)
	defer cancel()
	err := f.server.Await(wake)
	switch {
	case errors.Is(err, context.DeadlineExceeded):
		return nil, errStarting
	case err != nil:
		return nil, errDown
	}
	s, err := f.server.Login(ctx, parameters)
	var refused *postgres.ServerError
	if errors.As(err, &refused) && refused.Code == codePassword {
		// The role has changed its own password, which it may and which means nothing here.
		if err := f.server.Repair(ctx, parameters["user"]); err != nil {
			return nil, errDown
		}
		s, err = f.server.Login(ctx, parameters)
	}
	if err != nil && !errors.As(err, &refused) {
		return nil, errDown // it ended a moment ago
	}
	return s, err
}

// cancelKey is what a client shows to cancel what its session is doing.
type cancelKey struct {
	pid    uint32
	secret [4]byte
}

// add makes a session of two connections, unless there are too many.
func (f *front) add(conn net.Conn, upstream *postgres.Session) (*session, error) {
	s := &session{client: conn, upstream: upstream, key: cancelKey{pid: upstream.PID}}
	f.mu.Lock()
	defer f.mu.Unlock()
	if len(f.sessions) >= maxSessions {
		return nil, errTooMany
	}
	// Our own secret, not PostgreSQL's: what is cancelled is then always a session of the front.
	for taken := true; taken; _, taken = f.sessions[s.key] {
		rand.Read(s.key.secret[:]) // never fails: it ends the program instead
	}
	f.sessions[s.key] = s
	return s, nil
}

// remove ends a session's part in PostgreSQL.
func (f *front) remove(s *session) {
	s.upstream.Close()
	f.mu.Lock()
	defer f.mu.Unlock()
	delete(f.sessions, s.key)
}

// forwardCancel cancels what the session is doing whose key was shown. Whoever shows another
// learns nothing.
func (f *front) forwardCancel(ctx context.Context, packet []byte) {
	key := cancelKey{}
	if len(packet) != 4+len(key.secret) {
		return
	}
	key.pid = binary.BigEndian.Uint32(packet)
	copy(key.secret[:], packet[4:])
	f.mu.Lock()
	s := f.sessions[key]
	f.mu.Unlock()
	if s == nil {
		return
	}
	if err := f.server.Cancel(ctx, s.upstream.PID, bytes.Clone(s.upstream.Secret)); err != nil {
		f.log.WarnContext(ctx, "cancel request not forwarded", slog.String("error", err.Error()))
	}
}
