package wire

import (
	"context"
	"fmt"
	"net"
	"syscall"

	"google.golang.org/grpc/credentials"
)

// peerCredentials admit one process and no other: the kernel tells who has the other end of a unix socket. They need no
// keys, cost nothing after the handshake, and hold where TLS does not: against a process of the same user that can read keys.
type peerCredentials struct{ pid func() int }

// PeerError says that somebody else has the other end.
type PeerError struct{ Got, Want int }

func (e *PeerError) Error() string {
	return fmt.Sprintf("the process at the other end of the socket is %d, not %d", e.Got, e.Want)
}

func (c *peerCredentials) check(conn net.Conn) (net.Conn, credentials.AuthInfo, error) {
	sc, ok := conn.(syscall.Conn)
	if !ok {
		return nil, nil, fmt.Errorf("a connection of type %T has no peer credentials", conn)
	}
	raw, err := sc.SyscallConn()
	if err != nil {
		return nil, nil, fmt.Errorf("peer credentials: %w", err)
	}
	var pid int
	var pidErr error
	if err := raw.Control(func(fd uintptr) { pid, pidErr = peerPID(int(fd)) }); err != nil {
		return nil, nil, fmt.Errorf("peer credentials: %w", err)
	}
	if pidErr != nil {
		return nil, nil, fmt.Errorf("peer credentials: %w", pidErr)
	}
	if want := c.pid(); pid != want {
		return nil, nil, &PeerError{Got: pid, Want: want}
	}
	return conn, peerInfo{credentials.CommonAuthInfo{SecurityLevel: credentials.PrivacyAndIntegrity}}, nil
}

type peerInfo struct{ credentials.CommonAuthInfo }

// AuthType names the way of proof.
func (peerInfo) AuthType() string { return "peer-pid" }

func (c *peerCredentials) ClientHandshake(_ context.Context, _ string, conn net.Conn) (net.Conn, credentials.AuthInfo, error) {
	return c.check(conn)
}

func (c *peerCredentials) ServerHandshake(conn net.Conn) (net.Conn, credentials.AuthInfo, error) {
	return c.check(conn)
}

func (c *peerCredentials) Info() credentials.ProtocolInfo {
	return credentials.ProtocolInfo{SecurityProtocol: "peer-pid"}
}

func (c *peerCredentials) Clone() credentials.TransportCredentials {
	return &peerCredentials{pid: c.pid}
}

func (c *peerCredentials) OverrideServerName(string) error { return nil }
