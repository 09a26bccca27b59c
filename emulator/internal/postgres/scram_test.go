package postgres

import (
	"context"
	"encoding/binary"
	"net"
	"path/filepath"
	"testing"
)

func TestAServerThatDoesNotKnowTheKeyIsRefused(t *testing.T) {
	t.Parallel()
	authentication := func(kind uint32, data string) []byte {
		m := binary.BigEndian.AppendUint32([]byte{'R'}, uint32(8+len(data)))
		return append(binary.BigEndian.AppendUint32(m, kind), data...)
	}
	for name, answers := range map[string][][]byte{
		"it wants nothing":              {authentication(authOK, "")},
		"it wants the password":         {authentication(3, "")},
		"it does not prove itself":      {authentication(authSASL, "SCRAM-SHA-256\x00\x00"), authentication(authOK, "")},
		"it proves itself wrongly":      {authentication(authSASL, "SCRAM-SHA-256\x00\x00"), authentication(authSASLFinal, "v=AAAA")},
		"its nonce is not ours":         {authentication(authSASL, "SCRAM-SHA-256\x00\x00"), authentication(authSASLContinue, "r=other,s=AAAA,i=1")},
		"its message has no end":        {{'R', 0xff, 0xff, 0xff, 0xff}},
		"its message is shorter than 4": {{'R', 0, 0, 0, 1}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			socket := filepath.Join(t.TempDir(), "s")
			l, err := net.Listen("unix", socket) //nolint:noctx // binding a socket does not block
			if err != nil {
				t.Fatal(err)
			}
			done := make(chan struct{})
			go func() {
				defer close(done)
				conn, err := l.Accept()
				if err != nil {
					return
				}
				defer conn.Close()
				request := make([]byte, maxMessage)
				for _, answer := range answers {
					if _, err := conn.Read(request); err != nil {
						return
					}
					if _, err := conn.Write(answer); err != nil {
						return
					}
				}
				conn.Read(request) //nolint:errcheck // until the client has ended
			}()
			ctx, cancel := context.WithTimeout(t.Context(), waitLimit)
			defer cancel()
			if s, err := login(ctx, socket, make([]byte, keyLength), map[string]string{"user": app}); err == nil {
				s.Close()
				t.Error("logged in")
			}
			l.Close()
			<-done
		})
	}
}

func TestAnotherKeyDoesNotLogIn(t *testing.T) {
	t.Parallel()
	s := open(t, t.TempDir())
	_, err := login(t.Context(), s.cluster.socket(), make([]byte, keyLength), map[string]string{"user": Superuser, "database": Database})
	if refusedWith(err) != "28P01" {
		t.Errorf("login: %v", err)
	}
}
