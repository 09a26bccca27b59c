package lakebase

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net"
	"strings"

	"github.com/jackc/pgx/v5/pgproto3"
)

const (
	// maxStartup bounds the first packet, as PostgreSQL does, and maxPassword a token.
	maxStartup  = 10_000
	maxPassword = 16 << 10

	// What the first packet can be, by its code.
	sslRequest    = 80877103
	gssRequest    = 80877104
	cancelRequest = 80877102
	protocolMajor = 3
)

// startup is what a client wants of its session.
type startup struct {
	parameters map[string]string
	// unknown are parameters of a protocol that is newer than ours, and minor is its version.
	unknown []string
	minor   uint32
}

// readPacket reads a packet that has no kind: one of those before the startup message, or that.
// It reads not a byte more: what follows may be TLS.
func readPacket(r io.Reader) (code uint32, rest []byte, err error) {
	header := make([]byte, 8)
	if _, err := io.ReadFull(r, header); err != nil {
		return 0, nil, err
	}
	length := binary.BigEndian.Uint32(header)
	if length < 8 || length > maxStartup {
		return 0, nil, errProtocol
	}
	rest = make([]byte, length-8)
	_, err = io.ReadFull(r, rest)
	return binary.BigEndian.Uint32(header[4:]), rest, err
}

var errProtocol = errors.New("invalid length or content of startup packet")

// parseStartup reads the startup message's parameters: pairs of strings that end in NUL, and
// a NUL at the end.
func parseStartup(version uint32, rest []byte) (startup, error) {
	s := startup{parameters: map[string]string{}, minor: version & 0xffff}
	if version>>16 != protocolMajor {
		return s, fmt.Errorf("unsupported frontend protocol %d.%d: server supports 3.0 to 3.0", version>>16, version&0xffff)
	}
	for {
		name, after, ok := bytes.Cut(rest, []byte{0})
		if !ok {
			return s, errProtocol
		}
		if len(name) == 0 {
			if len(after) > 0 {
				return s, errProtocol
			}
			return s, nil
		}
		value, after, ok := bytes.Cut(after, []byte{0})
		if !ok {
			return s, errProtocol
		}
		if strings.HasPrefix(string(name), "_pq_.") {
			s.unknown = append(s.unknown, string(name))
		} else {
			s.parameters[string(name)] = string(value)
		}
		rest = after
	}
}

// negotiation tells a client which part of the protocol isn't served; nil if all is.
func (s startup) negotiation() pgproto3.BackendMessage {
	if s.minor == 0 && len(s.unknown) == 0 {
		return nil
	}
	return &pgproto3.NegotiateProtocolVersion{NewestMinorProtocol: pgproto3.ProtocolVersion30, UnrecognizedOptions: s.unknown}
}

// readPassword reads the answer to the question for one.
func readPassword(r io.Reader) (string, error) {
	header := make([]byte, 5)
	if _, err := io.ReadFull(r, header); err != nil {
		return "", err
	}
	length := binary.BigEndian.Uint32(header[1:])
	if header[0] != 'p' || length < 5 || length > maxPassword {
		return "", errProtocol
	}
	text := make([]byte, length-4)
	if _, err := io.ReadFull(r, text); err != nil {
		return "", err
	}
	password, after, ok := bytes.Cut(text, []byte{0})
	if !ok || len(after) > 0 {
		return "", errProtocol
	}
	return string(password), nil
}

// send writes messages at once.
func send(conn net.Conn, messages ...pgproto3.BackendMessage) error {
	var encoded []byte
	for _, m := range messages {
		if m == nil {
			continue
		}
		var err error
		if encoded, err = m.Encode(encoded); err != nil {
			return err
		}
	}
	_, err := conn.Write(encoded)
	return err
}
