//nolint:gosec // hashes are made of numbers that wrap around
package routine

import (
	"database/sql/driver"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"math"
	"math/big"
	"math/bits"
	"strconv"

	"corbel.example/emulator/internal/dialect"
)

// hasher hashes values with a seed, as Spark does it.
type hasher struct {
	ofInt   func(v int32, seed int64) int64
	ofLong  func(v, seed int64) int64
	ofBytes func(data []byte, seed int64) int64
}

var hashers = map[string]hasher{
	"hash":     {murmurInt, murmurLong, murmurBytes},
	"xxhash64": {xxInt, xxLong, xxBytes},
}

// hashValue hashes one value, given by its type and text.
func hashValue(args []driver.Value) (any, error) {
	var texts [3]string
	for i := range texts {
		var err error
		if texts[i], err = argument[string](args, i); err != nil {
			return nil, err
		}
	}
	seed, err := argument[int64](args, 3)
	if err != nil {
		return nil, err
	}
	t, err := dialect.ParseType(texts[1])
	if err != nil {
		return nil, err
	}
	return hashers[texts[0]].value(t, texts[2], seed)
}

// hashAll hashes the elements of an array, given as a JSON array of their texts.
func hashAll(args []driver.Value) (any, error) {
	var texts [3]string
	for i := range texts {
		var err error
		if texts[i], err = argument[string](args, i); err != nil {
			return nil, err
		}
	}
	seed, err := argument[int64](args, 3)
	if err != nil {
		return nil, err
	}
	t, err := dialect.ParseType(texts[1])
	if err != nil {
		return nil, err
	}
	values, err := stringsOf(texts[2])
	if err != nil {
		return nil, err
	}
	for _, v := range values {
		if v == nil {
			continue
		}
		if seed, err = hashers[texts[0]].value(t, *v, seed); err != nil {
			return nil, err
		}
	}
	return seed, nil
}

func (h hasher) value(t *dialect.Type, text string, seed int64) (int64, error) {
	switch t.Name {
	case dialect.Boolean:
		if text == "true" {
			return h.ofInt(1, seed), nil
		}
		return h.ofInt(0, seed), nil
	case dialect.TinyInt, dialect.SmallInt, dialect.Int, dialect.Date:
		n, err := strconv.ParseInt(text, 10, 32)
		return h.ofInt(int32(n), seed), err
	case dialect.BigInt, dialect.Timestamp, dialect.TimestampNTZ:
		n, err := strconv.ParseInt(text, 10, 64)
		return h.ofLong(n, seed), err
	case dialect.Float:
		f, err := strconv.ParseFloat(text, 32)
		return h.ofInt(int32(math.Float32bits(float32(f)+0)), seed), err
	case dialect.Double:
		f, err := strconv.ParseFloat(text, 64)
		return h.ofLong(int64(math.Float64bits(f+0)), seed), err
	case dialect.Decimal:
		return h.decimal(t, text, seed)
	case dialect.Binary:
		data, err := hex.DecodeString(text)
		return h.ofBytes(data, seed), err
	case dialect.StringType, dialect.Varchar, dialect.Char:
		return h.ofBytes([]byte(text), seed), nil
	}
	return 0, fmt.Errorf("hash of the type %s", t)
}

// longDigits is the width of the widest decimal that is hashed as a number of 64 bits.
const longDigits = 18

func (h hasher) decimal(t *dialect.Type, text string, seed int64) (int64, error) {
	exact, ok := new(big.Rat).SetString(text)
	if !ok {
		return 0, fmt.Errorf("decimal %q", text)
	}
	exact.Mul(exact, new(big.Rat).SetInt(new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(t.Scale)), nil)))
	if t.Precision <= longDigits {
		return h.ofLong(exact.Num().Int64(), seed), nil
	}
	return h.ofBytes(twosComplement(exact.Num()), seed), nil
}

// twosComplement is a number in as few bytes as hold it with its sign, the highest first.
func twosComplement(n *big.Int) []byte {
	length := n.BitLen()/8 + 1
	if n.Sign() >= 0 {
		return n.FillBytes(make([]byte, length))
	}
	if below := new(big.Int).Not(n); below.BitLen()/8+1 < length {
		length = below.BitLen()/8 + 1
	}
	modulus := new(big.Int).Lsh(big.NewInt(1), uint(8*length))
	return modulus.Add(modulus, n).FillBytes(make([]byte, length))
}

func murmurMix(k uint32) uint32 { return bits.RotateLeft32(k*0xcc9e2d51, 15) * 0x1b873593 }

func murmurStep(h, k uint32) uint32 { return bits.RotateLeft32(h^murmurMix(k), 13)*5 + 0xe6546b64 }

func murmurEnd(h uint32, length int) int64 {
	h ^= uint32(length)
	h = (h ^ h>>16) * 0x85ebca6b
	h = (h ^ h>>13) * 0xc2b2ae35
	return int64(int32(h ^ h>>16))
}

func murmurInt(v int32, seed int64) int64 {
	return murmurEnd(murmurStep(uint32(seed), uint32(v)), 4)
}

func murmurLong(v, seed int64) int64 {
	return murmurEnd(murmurStep(murmurStep(uint32(seed), uint32(v)), uint32(v>>32)), 8)
}

// murmurBytes hashes whole words and then, other than Murmur3 itself, each byte that is left
// as a number with a sign.
func murmurBytes(data []byte, seed int64) int64 {
	h := uint32(seed)
	i := 0
	for ; i+4 <= len(data); i += 4 {
		h = murmurStep(h, binary.LittleEndian.Uint32(data[i:]))
	}
	for ; i < len(data); i++ {
		h = murmurStep(h, uint32(int8(data[i])))
	}
	return murmurEnd(h, len(data))
}

const (
	prime1 uint64 = 0x9E3779B185EBCA87
	prime2 uint64 = 0xC2B2AE3D27D4EB4F
	prime3 uint64 = 0x165667B19E3779F9
	prime4 uint64 = 0x85EBCA77C2B2AE63
	prime5 uint64 = 0x27D4EB2F165667C5
)

func xxEnd(h uint64) int64 {
	h = (h ^ h>>33) * prime2
	h = (h ^ h>>29) * prime3
	return int64(h ^ h>>32)
}

func xxWord(h, k uint64) uint64 {
	return bits.RotateLeft64(h^bits.RotateLeft64(k*prime2, 31)*prime1, 27)*prime1 + prime4
}

func xxHalf(h uint64, k uint32) uint64 {
	return bits.RotateLeft64(h^uint64(k)*prime1, 23)*prime2 + prime3
}

func xxInt(v int32, seed int64) int64 {
	return xxEnd(xxHalf(uint64(seed)+prime5+4, uint32(v)))
}

func xxLong(v, seed int64) int64 {
	return xxEnd(xxWord(uint64(seed)+prime5+8, uint64(v)))
}

func xxBytes(data []byte, seed int64) int64 {
	h, left := uint64(seed)+prime5, data
	if len(data) >= 32 {
		v := [4]uint64{uint64(seed) + prime1 + prime2, uint64(seed) + prime2, uint64(seed), uint64(seed) - prime1}
		for ; len(left) >= 32; left = left[32:] {
			for i := range v {
				v[i] = bits.RotateLeft64(v[i]+binary.LittleEndian.Uint64(left[8*i:])*prime2, 31) * prime1
			}
		}
		h = bits.RotateLeft64(v[0], 1) + bits.RotateLeft64(v[1], 7) + bits.RotateLeft64(v[2], 12) + bits.RotateLeft64(v[3], 18)
		for _, x := range v {
			h = (h^bits.RotateLeft64(x*prime2, 31)*prime1)*prime1 + prime4
		}
	}
	h += uint64(len(data))
	for ; len(left) >= 8; left = left[8:] {
		h = xxWord(h, binary.LittleEndian.Uint64(left))
	}
	if len(left) >= 4 {
		h, left = xxHalf(h, binary.LittleEndian.Uint32(left)), left[4:]
	}
	for _, b := range left {
		h = bits.RotateLeft64(h^uint64(b)*prime5, 11) * prime1
	}
	return xxEnd(h)
}
