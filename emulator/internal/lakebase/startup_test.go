package lakebase

import (
	"bytes"
	"strings"
	"testing"
)

func FuzzStartup(f *testing.F) {
	f.Add(packet(protocol30, []byte("user\x00ana\x00database\x00d\x00_pq_.x\x001\x00\x00")))
	f.Add(packet(sslRequest, nil))
	f.Add([]byte("GET / HTTP/1.1\r\n\r\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		r := bytes.NewReader(data)
		code, rest, err := readPacket(r)
		if err != nil {
			return
		}
		if read := len(data) - r.Len(); read != 8+len(rest) {
			t.Fatalf("read %d bytes for a packet of %d", read, 8+len(rest))
		}
		s, err := parseStartup(code, rest)
		if err != nil {
			return
		}
		for name, value := range s.parameters {
			if name == "" || strings.ContainsRune(name+value, 0) || strings.HasPrefix(name, "_pq_.") {
				t.Errorf("parameter %q = %q", name, value)
			}
		}
	})
}

func FuzzPassword(f *testing.F) {
	f.Add([]byte("p\x00\x00\x00\x0asecret\x00more"))
	f.Fuzz(func(t *testing.T, data []byte) {
		r := bytes.NewReader(data)
		password, err := readPassword(r)
		if err == nil && (len(password) > maxPassword || strings.ContainsRune(password, 0) || len(data)-r.Len() != 5+len(password)+1) {
			t.Errorf("%q of %q", password, data)
		}
	})
}
