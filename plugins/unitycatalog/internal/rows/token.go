package rows

import (
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"strings"

	"corbel.example/sdk/fault"
)

// place is where a page begins: an offset into one table, for one user, in one order.
type place struct {
	user, catalog, schema, table string
	order                        Order
	offset                       int64
}

// maxOffset is the last row that can begin a page.
const maxOffset = 1 << 40

const (
	offsetSize = 8
	sumSize    = 16
)

// token returns the place as an opaque text. It is bound to its table, user and order by a digest, so that a damaged token or one
// of elsewhere is found out. It is no secret: whoever forges one reads another page of what they may read anyhow.
func (p place) token() string {
	b := binary.BigEndian.AppendUint64(nil, uint64(p.offset)) //nolint:gosec // never negative
	return base64.RawURLEncoding.EncodeToString(append(b, p.sum()...))
}

func (p place) sum() []byte {
	sum := sha256.Sum256(fmt.Appendf(nil, "rows 2 %q %q %q %q %q %t %d", p.user, strings.ToLower(p.catalog), strings.ToLower(p.schema), strings.ToLower(p.table),
		p.order.Column, p.order.Descending, p.offset))
	return sum[:sumSize]
}

// parse sets the offset from a token that was made for the same table and user. No token is the beginning.
func (p *place) parse(token string) error {
	if token == "" {
		return nil
	}
	// The decoder skips line ends, so the length of the text counts too.
	b, err := base64.RawURLEncoding.DecodeString(token)
	if err != nil || len(b) != offsetSize+sumSize || len(token) != base64.RawURLEncoding.EncodedLen(len(b)) {
		return errToken()
	}
	offset := binary.BigEndian.Uint64(b)
	if offset > maxOffset {
		return errToken()
	}
	p.offset = int64(offset)
	if subtle.ConstantTimeCompare(b[offsetSize:], p.sum()) != 1 {
		return errToken()
	}
	return nil
}

func errToken() *fault.Error {
	return fault.New(fault.Invalid, "The page token is damaged, or belongs to another table, user or order. Start again without page_token.").
		WithCode("INVALID_PAGE_TOKEN").WithField("page_token", "is not one that this table gave you")
}
