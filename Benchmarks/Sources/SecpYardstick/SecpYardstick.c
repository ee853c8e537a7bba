#include "SecpYardstick.h"

#include <secp256k1.h>
#include <secp256k1_extrakeys.h>
#include <secp256k1_schnorrsig.h>
#include <string.h>
#include <time.h>

enum { signatures = 64 };

typedef struct {
  secp256k1_context *context;
  unsigned char key[32];
  unsigned char digests[signatures][32];
} setting;

static uint64_t now(void) {
  struct timespec time;
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
  return (uint64_t)time.tv_sec * 1000000000u + (uint64_t)time.tv_nsec;
}

static void prepare(setting *it) {
  unsigned char seed[32];
  memset(seed, 42, 32);
  it->context = secp256k1_context_create(SECP256K1_CONTEXT_NONE);
  (void)!secp256k1_context_randomize(it->context, seed);
  memset(it->key, 7, 32);
  // Digits that look random: the cost of an addition depends on them.
  uint64_t state = 42;
  for (int i = 0; i < signatures; i++)
    for (int j = 0; j < 32; j++) {
      state = state * 6364136223846793005u + 1442695040888963407u;
      it->digests[i][j] = (unsigned char)(state >> 56) & (j == 0 ? 0x7F : 0xFF);
    }
}

uint64_t secp_yardstick_ecdsa_sign(uint32_t count) {
  setting it;
  prepare(&it);
  int ok = 1;
  secp256k1_ecdsa_signature signature;
  uint64_t begin = now();
  for (uint32_t i = 0; i < count; i++)
    ok &= secp256k1_ecdsa_sign(it.context, &signature, it.digests[i % signatures], it.key, NULL, NULL);
  uint64_t taken = now() - begin;
  secp256k1_context_destroy(it.context);
  return ok ? taken : 0;
}

uint64_t secp_yardstick_ecdsa_verify(uint32_t count) {
  setting it;
  prepare(&it);
  secp256k1_pubkey point;
  secp256k1_ecdsa_signature made[signatures];
  int ok = secp256k1_ec_pubkey_create(it.context, &point, it.key);
  for (int i = 0; i < signatures; i++)
    ok &= secp256k1_ecdsa_sign(it.context, &made[i], it.digests[i], it.key, NULL, NULL);
  uint64_t begin = now();
  for (uint32_t i = 0; i < count; i++)
    ok &= secp256k1_ecdsa_verify(it.context, &made[i % signatures], it.digests[i % signatures], &point);
  uint64_t taken = now() - begin;
  secp256k1_context_destroy(it.context);
  return ok ? taken : 0;
}

uint64_t secp_yardstick_ecdsa_verify_bytes(uint32_t count) {
  setting it;
  prepare(&it);
  secp256k1_pubkey point;
  unsigned char key[33];
  size_t length = sizeof key;
  unsigned char made[signatures][72];
  size_t lengths[signatures];
  int ok = secp256k1_ec_pubkey_create(it.context, &point, it.key);
  ok &= secp256k1_ec_pubkey_serialize(it.context, key, &length, &point, SECP256K1_EC_COMPRESSED);
  for (int i = 0; i < signatures; i++) {
    secp256k1_ecdsa_signature signature;
    ok &= secp256k1_ecdsa_sign(it.context, &signature, it.digests[i], it.key, NULL, NULL);
    lengths[i] = sizeof made[i];
    ok &= secp256k1_ecdsa_signature_serialize_der(it.context, made[i], &lengths[i], &signature);
  }
  uint64_t begin = now();
  for (uint32_t i = 0; i < count; i++) {
    secp256k1_ecdsa_signature signature;
    int n = (int)(i % signatures);
    ok &= secp256k1_ec_pubkey_parse(it.context, &point, key, length);
    ok &= secp256k1_ecdsa_signature_parse_der(it.context, &signature, made[n], lengths[n]);
    ok &= secp256k1_ecdsa_verify(it.context, &signature, it.digests[n], &point);
  }
  uint64_t taken = now() - begin;
  secp256k1_context_destroy(it.context);
  return ok ? taken : 0;
}

uint64_t secp_yardstick_schnorr_sign(uint32_t count) {
  setting it;
  prepare(&it);
  int ok = 1;
  unsigned char signature[64];
  unsigned char auxiliary[32] = {0};
  uint64_t begin = now();
  for (uint32_t i = 0; i < count; i++) {
    secp256k1_keypair pair;
    ok &= secp256k1_keypair_create(it.context, &pair, it.key);
    ok &= secp256k1_schnorrsig_sign32(
        it.context, signature, it.digests[i % signatures], &pair, auxiliary);
  }
  uint64_t taken = now() - begin;
  secp256k1_context_destroy(it.context);
  return ok ? taken : 0;
}

uint64_t secp_yardstick_schnorr_verify(uint32_t count) {
  setting it;
  prepare(&it);
  secp256k1_keypair pair;
  secp256k1_xonly_pubkey point;
  unsigned char key[32];
  unsigned char made[signatures][64];
  unsigned char auxiliary[32] = {0};
  int ok = secp256k1_keypair_create(it.context, &pair, it.key);
  ok &= secp256k1_keypair_xonly_pub(it.context, &point, NULL, &pair);
  ok &= secp256k1_xonly_pubkey_serialize(it.context, key, &point);
  for (int i = 0; i < signatures; i++)
    ok &= secp256k1_schnorrsig_sign32(it.context, made[i], it.digests[i], &pair, auxiliary);
  uint64_t begin = now();
  for (uint32_t i = 0; i < count; i++) {
    int n = (int)(i % signatures);
    ok &= secp256k1_xonly_pubkey_parse(it.context, &point, key);
    ok &= secp256k1_schnorrsig_verify(it.context, made[n], it.digests[n], 32, &point);
  }
  uint64_t taken = now() - begin;
  secp256k1_context_destroy(it.context);
  return ok ? taken : 0;
}

uint64_t secp_yardstick_tweak_add(uint32_t count) {
  setting it;
  prepare(&it);
  secp256k1_pubkey parent;
  int ok = secp256k1_ec_pubkey_create(it.context, &parent, it.key);
  uint64_t begin = now();
  for (uint32_t i = 0; i < count; i++) {
    secp256k1_pubkey child = parent;
    ok &= secp256k1_ec_pubkey_tweak_add(it.context, &child, it.digests[i % signatures]);
  }
  uint64_t taken = now() - begin;
  secp256k1_context_destroy(it.context);
  return ok ? taken : 0;
}
