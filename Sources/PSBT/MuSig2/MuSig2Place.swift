import Bitcoin
import Cryptography

/// One signature of a taproot input that several signers make together, by the fields of BIP-373.
public struct MuSig2Place: Sendable {
  /// The signers' keys in the order in which they are joined, 33 bytes each.
  public var participants: [[UInt8]] { keys.publicKeys }
  /// The key that the signature is checked with, as the fields name it: with all that derivation
  /// and taproot add, 33 bytes.
  public var jointKey: [UInt8] { keys.publicKey }
  /// The leaf in whose script the joint key stands; `nil` when it is the output's own key.
  public let leaf: [UInt8]?
  let keys: MuSig2Keys

  init(_ keys: MuSig2Keys, leaf: [UInt8]? = nil) {
    self.keys = keys
    self.leaf = leaf
  }

  /// What the fields of one signer are called after their number.
  func name(of participant: [UInt8]) -> [UInt8] { participant + jointKey + (leaf ?? []) }
}

extension PSBT {
  /// The signatures that joint keys have to give in an input.
  ///
  /// Nothing is believed: the participants must make the joint key, the path must lead to the key
  /// that is used, and that key must be the output's or stand in a leaf to which the output commits.
  ///
  /// - Throws: ``PSBTError`` when what the input says of its joint keys contradicts itself.
  public func musigPlaces(input index: Int) throws(PSBTError) -> [MuSig2Place] {
    let map = try input(index)
    guard case (_, .taproot(let outputKey))? = try spending(index) else { return [] }
    let leaves = try committedLeaves(index, outputKey)
    var places: [MuSig2Place] = []
    for (aggregate, value) in map.entries(InputField.musigParticipants) {
      let root = try joined(index, aggregate, value)
      for keys in try descendants(of: root, aggregate, index) {
        if keys.xOnlyPublicKey == outputKey { places.append(MuSig2Place(keys)) }
        let tweak = Taproot.tweak(
          internalKey: keys.xOnlyPublicKey, merkleRoot: map[InputField.taprootMerkleRoot])
        if let tweaked = try? keys.adding(MuSig2Keys.Tweak(tweak, isXOnly: true)),
          tweaked.xOnlyPublicKey == outputKey
        {
          places.append(MuSig2Place(tweaked))
        }
        for leaf in leaves where leaf.keys.contains(keys.xOnlyPublicKey) {
          places.append(MuSig2Place(keys, leaf: leaf.hash))
        }
      }
    }
    return places
  }

  private func joined(
    _ index: Int, _ aggregate: [UInt8], _ value: [UInt8]
  ) throws(PSBTError) -> MuSig2Keys {
    let participants = stride(from: 0, to: value.count, by: 33).map {
      Array(value[$0..<min($0 + 33, value.count)])
    }
    func refusal(_ reason: String) -> PSBTError {
      .badValue(.input(index), field: InputField.musigParticipants, reason: reason)
    }
    // Their fields go by their keys, so that one of two equal ones could not be told.
    guard Set(participants).count == participants.count else {
      throw refusal("a participant stands there twice")
    }
    do {
      let keys = try MuSig2Keys(participants)
      guard keys.publicKey == aggregate else {
        throw refusal("the participants make another key")
      }
      return keys
    } catch let error as MuSig2Error {
      throw .musig(input: index, error)
    } catch let error as PSBTError {
      throw error
    } catch {
      throw refusal("the participants make no key")
    }
  }

  /// The joint key itself, and those that the input says are derived from it. See BIP-328.
  private func descendants(
    of root: MuSig2Keys, _ aggregate: [UInt8], _ index: Int
  ) throws(PSBTError) -> [MuSig2Keys] {
    var found = [root]
    let fingerprint = KeyFingerprint(ofPublicKey: aggregate).bytes
    for (xOnly, value) in inputs[index].entries(InputField.taprootDerivation) {
      guard let origin = Self.origin(value), origin.fingerprint == fingerprint, !origin.path.isEmpty
      else { continue }
      do {
        // The network does not enter a derivation.
        var key = try ExtendedPublicKey(synthetic: aggregate, family: .mainnet)
        var keys = root
        for step in origin.path {
          keys = try keys.adding(MuSig2Keys.Tweak(try key.tweak(to: step), isXOnly: false))
          key = try key.child(step)
        }
        guard keys.xOnlyPublicKey == xOnly else { continue }
        found.append(keys)
      } catch {
        throw .badValue(
          .input(index), field: InputField.taprootDerivation,
          reason: "no key of the joint key can be derived there")
      }
    }
    return found
  }

  /// The fingerprint and the path behind the list of leaves. See BIP-371.
  private static func origin(_ value: [UInt8]) -> (fingerprint: [UInt8], path: [ChildNumber])? {
    var reader = ConsensusReader(value)
    guard let leaves = try? reader.count("leaves", elementWidth: 32) else { return nil }
    let rest = value.count - reader.remaining + 32 * leaves
    guard value.count >= rest + 4, (value.count - rest).isMultiple(of: 4) else { return nil }
    let steps = stride(from: rest + 4, to: value.count, by: 4).map { start in
      ChildNumber(rawValue: UInt32(littleEndian: Array(value[start..<(start + 4)])))
    }
    return (Array(value[rest..<(rest + 4)]), steps)
  }

  private struct CommittedLeaf {
    let hash: [UInt8]
    /// What the script pushes.
    let keys: [[UInt8]]
  }

  private func committedLeaves(
    _ index: Int, _ outputKey: [UInt8]
  ) throws(PSBTError) -> [CommittedLeaf] {
    var leaves: [CommittedLeaf] = []
    for (control, value) in inputs[index].entries(InputField.taprootLeaf) {
      guard let version = value.last, version == Taproot.tapscriptLeafVersion else { continue }
      let script = Script(Array(value.dropLast()))
      let hash = Taproot.leafHash(version: version, script: script)
      guard Taproot.isCommitted(outputKey, leaf: hash, controlBlock: control) else {
        throw .badUTXO(input: index, reason: "a leaf is not in the output's tree")
      }
      leaves.append(
        CommittedLeaf(hash: hash, keys: script.instructions?.compactMap(\.data) ?? []))
    }
    return leaves
  }
}
