public import Bitcoin
import Cryptography
public import Descriptors
public import PSBT

/// Signs what a review lets through, and nothing else.
public enum ColdSigner {
  /// Returns `psbt` with the signatures of one holder, for every place that his key has in each
  /// input.
  ///
  /// - Parameters:
  ///   - review: A review of this PSBT.
  ///   - account: The holder's account key.
  ///   - origin: Where it stands below his root.
  /// - Throws: ``ColdStorageError/refused(_:)``, ``ColdStorageError/foreignKey``, or what the PSBT
  ///   refuses.
  public static func sign(
    _ psbt: PSBT, reviewed review: Review, account: ExtendedPrivateKey, origin: KeyOrigin
  ) throws(ColdStorageError) -> PSBT {
    guard review.refusals.isEmpty else { throw .refused(review.refusals) }
    var signed = psbt
    for (index, input) in review.inputs.enumerated() {
      guard let place = input.place else { throw .refused([.foreignInput(index)]) }
      let derived: DerivedScript
      do {
        derived = try review.policy.descriptor.script(branch: place.branch, index: place.index)
      } catch {
        throw .descriptor(error)
      }
      var isSigned = false
      do throws(PSBTError) { try signed.update(input: index, from: derived) } catch {
        throw .psbt(error)
      }
      for key in Set(derived.keys) {
        guard let steps = steps(from: origin, to: key.origin) else { continue }
        // Taproot's x-only keys are signed for by the same private key.
        guard let child = try? account.descendant(DerivationPath(steps)),
          child.publicKey.publicKey.suffix(32) == key.publicKey.suffix(32)
        else { continue }
        do throws(PSBTError) {
          try signed.sign(input: index, with: child.secret, auxiliary: SecureRandom.bytes(32))
        } catch {
          throw .psbt(error)
        }
        isSigned = true
      }
      guard isSigned else { throw .foreignKey }
    }
    return signed
  }

  /// The steps below the account, all of them unhardened, or `nil` for another account's key.
  private static func steps(from account: KeyOrigin, to key: KeyOrigin) -> [ChildNumber]? {
    let path = account.path.steps
    guard key.fingerprint == account.fingerprint, key.path.steps.starts(with: path) else {
      return nil
    }
    let steps = Array(key.path.steps.dropFirst(path.count))
    return steps.contains(where: \.isHardened) ? nil : steps
  }
}
