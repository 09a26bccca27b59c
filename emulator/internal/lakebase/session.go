package lakebase

import (
	"net"
	"time"

	"github.com/jackc/pgx/v5/pgproto3"

	"corbel.example/emulator/internal/postgres"
)

const (
	// What is read at once from a client, and from the server: a record of TLS.
	fromClient = 4 << 10
	fromServer = 16 << 10
)

// session is a client's connection and its counterpart in PostgreSQL.
type session struct {
	client   net.Conn
	upstream *postgres.Session
	key      cancelKey
}

// greet says to the client that it is in.
func (s *session) greet() error {
	greeting, err := (&pgproto3.AuthenticationOk{}).Encode(nil)
	if err != nil {
		return err
	}
	greeting = append(greeting, s.upstream.Greeting...)
	greeting, err = (&pgproto3.BackendKeyData{ProcessID: s.key.pid, SecretKey: s.key.secret[:]}).Encode(greeting)
	if err != nil {
		return err
	}
	greeting, err = (&pgproto3.ReadyForQuery{TxStatus: 'I'}).Encode(greeting)
	if err != nil {
		return err
	}
	_, err = s.client.Write(greeting)
	return err
}

// pass passes on what either side says until one has nothing more to say. A side that doesn't
// read is not read from the other: nothing piles up here.
func (s *session) pass() {
	done := make(chan struct{})
	go func() {
		defer close(done)
		s.fromClient()
		s.upstream.Close()
	}()
	buffer := make([]byte, fromServer)
	for {
		n, err := s.upstream.Read(buffer)
		if n > 0 {
			if _, err := s.client.Write(buffer[:n]); err != nil {
				break
			}
		}
		if err != nil {
			break
		}
	}
	s.client.Close()
	s.upstream.Close()
	<-done
}

// fromClient passes on what the client says.
func (s *session) fromClient() {
	buffer := make([]byte, fromClient)
	for {
		if s.client.SetReadDeadline(time.Now().Add(idleTimeout)) != nil {
			return
		}
		n, err := s.client.Read(buffer)
		if n > 0 {
			if _, err := s.upstream.Write(buffer[:n]); err != nil {
				return
			}
		}
		if err != nil {
			return
		}
	}
}
