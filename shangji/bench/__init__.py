"""How fast it is: each figure beside its raw limit, on a stack that is made for it and thrown away.

`measurement` is what a figure answers, `yard` the stack, `load` a generator of requests in a process
of its own, `bare` the endpoint that `POST /leads` is compared with; `figures` has a module for each
figure. It talks HTTP, SQL and Kafka to the services, as everything in this package does.
"""
