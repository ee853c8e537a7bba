// The library's own rates: what the exchange's signatures and addresses are measured against.
#pragma once
#include <stdint.h>

// Each returns the nanoseconds of processor time that `count` calls took, or 0 when one of them failed.

/// secp256k1_ecdsa_sign over digests that differ.
uint64_t secp_yardstick_ecdsa_sign(uint32_t count);
/// secp256k1_ecdsa_verify of signatures made before, with keys that were read before.
uint64_t secp_yardstick_ecdsa_verify(uint32_t count);
/// secp256k1_ec_pubkey_parse, signature_parse_der and ecdsa_verify: from bytes, as the chain has them.
uint64_t secp_yardstick_ecdsa_verify_bytes(uint32_t count);
/// secp256k1_keypair_create and schnorrsig_sign32.
uint64_t secp_yardstick_schnorr_sign(uint32_t count);
/// secp256k1_xonly_pubkey_parse and schnorrsig_verify.
uint64_t secp_yardstick_schnorr_verify(uint32_t count);
/// secp256k1_ec_pubkey_tweak_add of one key: what an address costs for each of its keys.
uint64_t secp_yardstick_tweak_add(uint32_t count);
