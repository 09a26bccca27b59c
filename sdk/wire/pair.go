package wire

import (
	"fmt"
	"net"
	"os"
)

// pairOf makes a connection of the first descriptor and a file of the second.
func pairOf(fds [2]int) (net.Conn, *os.File, error) {
	host := os.NewFile(uintptr(fds[0]), "host end")
	plugin := os.NewFile(uintptr(fds[1]), "plugin end")
	conn, err := net.FileConn(host) // duplicates it
	closeErr := host.Close()
	if err == nil {
		err = closeErr
	}
	if err != nil {
		_ = plugin.Close() // the error before it is the one that counts
		return nil, nil, fmt.Errorf("socket pair: %w", err)
	}
	return conn, plugin, nil
}
