"""A clock that is set while the services run.

Left out of builds with a sanitizer: it wants to be clock_gettime itself, as libfaketime does, and
the program then never starts.
"""

import os
import unittest

import node
from reporter import stored_ids

if not os.environ.get("DTRACE_SANITIZE"):
    class Clock(node.Case):
        def test_a_clock_that_is_set_loses_nothing(self):
            clock = self.write("clock", "+0")
            fake = {"LD_PRELOAD": "libfaketimeMT.so.1", "FAKETIME_TIMESTAMP_FILE": clock,
                    "FAKETIME_NO_CACHE": "1", "DONT_FAKE_MONOTONIC": "1",
                    "LD_LIBRARY_PATH": str(node.faketime_folder())}
            master, port = self.start_master(environment=fake)
            self.start_probe(port, environment=fake)
            for shift in ("-2h", "+3h", "+0"):
                before = len(node.wait_for(lambda: node.traces(port)))
                self.write("clock", shift)
                node.wait_for(lambda: len(node.traces(port)) >= before + 2)
            found = stored_ids(port)
            self.assertEqual(len(found), len(set(found)))
            hours = {trace["started_at"][:13] for trace in node.traces(port)}
            self.assertEqual(len(hours), 3, "the clock was not set at all")
            self.assertEqual(master.stop()[0], 0)
            self.assertNotIn(" error ", master.log())


if __name__ == "__main__":
    unittest.main()
