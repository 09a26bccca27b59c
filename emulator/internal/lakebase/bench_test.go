package lakebase

import (
	"encoding/binary"
	"io"
	"net"
	"testing"

	"github.com/jackc/pgx/v5/pgproto3"

	"corbel.example/emulator/internal/postgres"
)

// BenchmarkQuery is a small query through the front, and past it.
func BenchmarkQuery(b *testing.B) {
	s := shared(b)
	run := func(name string, open func(b *testing.B) net.Conn) {
		b.Run(name, func(b *testing.B) {
			b.SetParallelism(4)
			b.RunParallel(func(pb *testing.PB) {
				conn := open(b)
				for pb.Next() {
					if err := roundTrip(conn); err != nil {
						b.Error(err)
						return
					}
				}
			})
		})
	}
	run("front", func(b *testing.B) net.Conn {
		hijacked, err := s.connect(b, ben).Hijack()
		if err != nil {
			b.Fatal(err)
		}
		return hijacked.Conn
	})
	run("direct", func(b *testing.B) net.Conn {
		session, err := s.base.Server().Login(b.Context(), map[string]string{"user": ben, "database": postgres.Database})
		if err != nil {
			b.Fatal(err)
		}
		b.Cleanup(func() { session.Close() })
		return session
	})
}

// roundTrip asks and reads until the server is ready again.
func roundTrip(conn net.Conn) error {
	query, err := (&pgproto3.Query{String: "SELECT 1"}).Encode(nil)
	if err != nil {
		return err
	}
	if _, err := conn.Write(query); err != nil {
		return err
	}
	header, body := make([]byte, 5), make([]byte, 4<<10)
	for {
		if _, err := io.ReadFull(conn, header); err != nil {
			return err
		}
		if _, err := io.ReadFull(conn, body[:binary.BigEndian.Uint32(header[1:])-4]); err != nil {
			return err
		}
		if header[0] == 'Z' {
			return nil
		}
	}
}
