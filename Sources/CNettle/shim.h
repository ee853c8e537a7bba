#pragma once
#include <nettle/aes.h>
#include <nettle/bignum.h>
#include <nettle/ctr.h>
#include <nettle/ecc-curve.h>
#include <nettle/ecdsa.h>
#include <nettle/hmac.h>
#include <nettle/pbkdf2.h>
#include <nettle/ripemd160.h>
#include <nettle/sha1.h>
#include <nettle/sha2.h>

/* The numbers of gmp are arrays of one, which Swift cannot pass on. All of 32 bytes, big-endian.
   1 when the point is on the curve P-256, which x and y below its prime are only there. */
static inline int holdfast_p256_is_point(const unsigned char *x, const unsigned char *y) {
  struct ecc_point point;
  mpz_t a, b;
  nettle_mpz_init_set_str_256_u(a, 32, x);
  nettle_mpz_init_set_str_256_u(b, 32, y);
  ecc_point_init(&point, nettle_get_secp_256r1());
  int found = ecc_point_set(&point, a, b);
  ecc_point_clear(&point);
  mpz_clear(a);
  mpz_clear(b);
  return found;
}

/* 1 when the owner of the point signed the digest. */
static inline int holdfast_p256_verify(
    const unsigned char *x, const unsigned char *y, const unsigned char *digest,
    const unsigned char *r, const unsigned char *s) {
  struct ecc_point point;
  struct dsa_signature signature;
  mpz_t a, b;
  nettle_mpz_init_set_str_256_u(a, 32, x);
  nettle_mpz_init_set_str_256_u(b, 32, y);
  ecc_point_init(&point, nettle_get_secp_256r1());
  dsa_signature_init(&signature);
  nettle_mpz_set_str_256_u(signature.r, 32, r);
  nettle_mpz_set_str_256_u(signature.s, 32, s);
  int valid = ecc_point_set(&point, a, b) && ecdsa_verify(&point, 32, digest, &signature);
  dsa_signature_clear(&signature);
  ecc_point_clear(&point);
  mpz_clear(a);
  mpz_clear(b);
  return valid;
}
