package postgres

import (
	"bytes"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"errors"
	"fmt"
)

// scramMechanism is the one way in. See RFC 5802 and RFC 7677.
const scramMechanism = "SCRAM-SHA-256"

// iterations is what the verifier says. Nothing is iterated: there is no password that
// somebody could guess, only a key of 256 bits.
const iterations = 4096

// keys are what a role logs in with. Its password is never made: all that SCRAM needs comes
// from the salted password, which is derived from our own key.
type keys struct{ salt, client, stored, server []byte }

func deriveKeys(key []byte, role string) keys {
	salted := mac(key, "corbel role "+role)
	client := mac(salted, "Client Key")
	stored := sha256.Sum256(client)
	return keys{salt: mac(key, "corbel salt "+role)[:16], client: client, stored: stored[:], server: mac(salted, "Server Key")}
}

func mac(key []byte, text string) []byte {
	h := hmac.New(sha256.New, key)
	h.Write([]byte(text))
	return h.Sum(nil)
}

// verifier is what PostgreSQL keeps instead of a password.
func (k keys) verifier() string {
	encode := base64.StdEncoding.EncodeToString
	return fmt.Sprintf("%s$%d:%s$%s:%s", scramMechanism, iterations, encode(k.salt), encode(k.stored), encode(k.server))
}

// exchange is the client's side of one authentication.
type exchange struct {
	keys
	first   string // the client's first message, without its header
	message string // all that is signed
	proved  bool   // the server knows the keys
}

func (k keys) exchange() *exchange {
	return &exchange{keys: k, first: "n=,r=" + rand.Text()}
}

// begin is the client's first message. The role is named elsewhere.
func (e *exchange) begin() []byte { return []byte("n,," + e.first) }

var errSCRAM = errors.New("SCRAM: unexpected message of the server")

// proceed answers the server's first message.
func (e *exchange) proceed(challenge []byte) ([]byte, error) {
	nonce, _, ok := bytes.Cut(challenge, []byte(","))
	// The server's nonce begins with ours.
	if !ok || !bytes.HasPrefix(nonce, []byte(e.first[len("n=,"):])) {
		return nil, errSCRAM
	}
	final := "c=biws," + string(nonce)
	e.message = e.first + "," + string(challenge) + "," + final
	proof := mac(e.stored, e.message)
	subtle.XORBytes(proof, proof, e.client)
	return []byte(final + ",p=" + base64.StdEncoding.EncodeToString(proof)), nil
}

// finish checks that the server knows our keys, and so is ours.
func (e *exchange) finish(answer []byte) error {
	want := "v=" + base64.StdEncoding.EncodeToString(mac(e.server, e.message))
	if subtle.ConstantTimeCompare(answer, []byte(want)) != 1 {
		return errSCRAM
	}
	e.proved = true
	return nil
}
