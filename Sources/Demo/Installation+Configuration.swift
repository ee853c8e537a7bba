import Foundation

extension Installation {
  /// Writes the configuration files, as an operator would by hand. Waiting times are short, so that
  /// the story is too; everything else is what a small exchange might use.
  func writeConfiguration() async throws {
    let guardKey = try await publicKey(of: "guard")
    try write(
      serverFile(
        guardKey: guardKey, dave: try await publicKey(of: "dave"),
        erin: try await publicKey(of: "erin")), to: "holdfast.yaml")
    var linkKeys: [String] = []
    for name in Self.linkEnds { linkKeys.append(try await linkKey(of: name)) }
    try write(
      guardFile(
        dave: try await publicKey(of: "dave"),
        erin: try await publicKey(of: "erin"), signers: Array(linkKeys.dropFirst())),
      to: "guard.yaml")
    for signer in 1...3 {
      try write(
        signerFile(
          signer, guardKey: guardKey, guardLinkKey: linkKeys[0],
          people: [try await publicKey(of: "dave"), try await publicKey(of: "erin")]),
        to: "signer-\(signer).yaml")
    }
    try write("datadir: devnet\nrpcport: \(plan.port + 2)\n", to: "devnet.yaml")
  }

  /// How the node is reached, indented by `margin`.
  private func nodeSection(margin: String) throws -> String {
    guard let address = plan.bitcoind else {
      return "\(margin)url: http://127.0.0.1:\(plan.port + 2)\n\(margin)cookieFile: devnet/.cookie"
    }
    guard let parts = URLComponents(string: address), let host = parts.host,
      let port = parts.port
    else { throw StoryError("\(address) is not http://user:password@host:port") }
    let url = "\(margin)url: http://\(host):\(port)\n"
    if let user = parts.user, let password = parts.password {
      try write(password + "\n", to: "node-password")
      return url + "\(margin)user: \(user)\n\(margin)passwordFile: node-password"
    }
    guard let cookie = plan.bitcoindCookie else {
      throw StoryError("\(address) needs user and password, or --bitcoind-cookie")
    }
    return url + "\(margin)cookieFile: \(cookie)"
  }

  private func serverFile(guardKey: String, dave: String, erin: String) throws -> String {
    """
    data: serve
    listen:
      public: 127.0.0.1:\(plan.port)
      internal: 127.0.0.1:\(plan.port + 1)
    log: {level: info}
    chain:
      network: regtest
      poll: 200ms
      reservesEvery: 1
      node:
    \(try nodeSection(margin: "    "))
    wallet: {descriptorFile: keys/wallet.descriptor}
    guard:
      publicKey: \(guardKey)
      tokenFile: guard-token
      timeout: 5s
    withdrawals:
      addressCoolingOff: 2s
      credentialHold: 1s
    operators:
      - {name: dave, publicKey: \(dave)}
      - {name: erin, publicKey: \(erin)}
    assets:
      - code: BTC
        name: Bitcoin
        rail: bitcoin
        decimals: 8
        chain: BTC-Bitcoin
        minimumDeposit: 0.0001
        minimumWithdrawal: 0.001
        withdrawalFee: 0.0001
        depositConfirmations: 3
        withdrawalConfirmations: 2
        limits:
          refuseAbove: 0.8
          reviewAbove: 0.7
          delayAbove: 0.6
          delay: 1h
          customerHour: 2
          customerDay: 5
          assetHour: 10
          assetDay: 50
          countHour: 6
          firstUse: 6s
      - code: USDT
        name: Tether
        rail: manual
        decimals: 6
        chain: USDT-Manual
        minimumDeposit: 1
        minimumWithdrawal: 10
        withdrawalFee: 1
        limits:
          refuseAbove: 1000000
          reviewAbove: 500000
          delayAbove: 100000
          delay: 1h
          customerHour: 1000000
          customerDay: 1000000
          assetHour: 10000000
          assetDay: 10000000
          countHour: 10
          firstUse: 1h
    instruments:
      - symbol: BTC-USDT
        tickSize: 0.1
        lotSize: 0.00000001
        minimumSize: 0.00001
        maximumSize: 1000
        makerFee: 0.0008
        takerFee: 0.001
        listed: 2026-01-01

    """
  }

  private func signerFile(
    _ signer: Int, guardKey: String, guardLinkKey: String, people: [String]
  ) -> String {
    """
    network: regtest
    keyFile: keys/holder-\(signer).key
    passphraseFile: passphrase
    descriptorFile: keys/wallet.descriptor
    guardKey: \(guardKey)
    record: signer-\(signer)/record
    link:
      socket: signer-\(signer)/link.sock
      keyFile: keys/signer-\(signer).link
      peerKey: \(guardLinkKey)
    unfreeze:
      approvals: 2
      delay: 1h
      people:
        - {name: dave, publicKey: \(people[0])}
        - {name: erin, publicKey: \(people[1])}
    limits:
      perTransaction: 5
      budgetHour: 20
      budgetDay: 60
      networkFee: 0.001
      feeRateSatsPerVByte: 100

    """
  }

  private func guardFile(dave: String, erin: String, signers: [String]) throws -> String {
    """
    network: regtest
    keyFile: keys/guard.key
    passphraseFile: passphrase
    descriptorFile: keys/wallet.descriptor
    record: guard/record
    minimumConfirmations: 3
    server: {url: \(internalURL), tokenFile: guard-token}
    node:
    \(try nodeSection(margin: "  "))
    operators:
      - {name: dave, publicKey: \(dave)}
      - {name: erin, publicKey: \(erin)}
    linkKeyFile: keys/guard.link
    signers:
      - {socket: signer-1/link.sock, peerKey: \(signers[0])}
      - {socket: signer-2/link.sock, peerKey: \(signers[1])}
      - {socket: signer-3/link.sock, peerKey: \(signers[2])}
    signerTimeout: 3s
    limits: {perWithdrawal: 2, budgetHour: 10, budgetDay: 30}
    delays: {newAddress: 3s, newKey: 1s}

    """
  }
}
