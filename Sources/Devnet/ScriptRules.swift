import Bitcoin
