package supervisor

import (
	"crypto/sha256"
	"crypto/subtle"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
)

// executable is a plugin's program file, found and verified.
type executable struct {
	path string
	// file is the open file that was verified; nil without a checksum.
	file *os.File
}

// locate finds the file at path and, when sha256Hex is set, verifies its checksum. The caller closes what it gets.
//
// With a checksum, Linux executes the very file that was hashed, even if the path has come to name another since. What is
// left is somebody with write access who changes that file itself between the hash and the execution: install plugins
// where the host's user cannot write. Elsewhere the path is executed after the check.
func locate(path, sha256Hex string) (*executable, error) {
	info, err := os.Stat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, &failure{step: "find", err: fmt.Errorf("%s does not exist", path), advice: "build or install the plugin, or correct its path"}
	case err != nil:
		return nil, &failure{step: "find", err: err, advice: "make the file readable to the host, or correct the plugin's path"}
	case !info.Mode().IsRegular():
		return nil, &failure{step: "find", err: fmt.Errorf("%s is not a file", path), advice: "correct the plugin's path"}
	case info.Mode().Perm()&0o111 == 0:
		return nil, &failure{step: "find", err: fmt.Errorf("%s is not executable", path), advice: "chmod +x it, or correct the plugin's path"}
	case sha256Hex == "":
		return &executable{path: path}, nil
	}
	file, err := os.Open(path)
	if err != nil {
		return nil, &failure{step: "verify", err: err, advice: "make the file readable to the host"}
	}
	if err := verify(file, sha256Hex); err != nil {
		_ = file.Close() // only read from
		return nil, &failure{step: "verify", err: err, advice: "install the build that the checksum belongs to, or update the plugin's sha256"}
	}
	return &executable{path: path, file: file}, nil
}

// verify compares the checksum of what can be read from file.
func verify(file *os.File, sha256Hex string) error {
	want, err := hex.DecodeString(sha256Hex)
	if err != nil || len(want) != sha256.Size {
		return fmt.Errorf("sha256 %q is not 64 hexadecimal digits", sha256Hex)
	}
	digest := sha256.New()
	if _, err := io.Copy(digest, file); err != nil {
		return fmt.Errorf("read %s: %w", file.Name(), err)
	}
	if got := digest.Sum(nil); subtle.ConstantTimeCompare(got, want) != 1 {
		return fmt.Errorf("the sha256 of %s is %x, not %s", file.Name(), got, sha256Hex)
	}
	return nil
}

// close gives the file back; the process that executes it keeps its own hold.
func (e *executable) close() {
	if e.file != nil {
		_ = e.file.Close() // only read from
	}
}
