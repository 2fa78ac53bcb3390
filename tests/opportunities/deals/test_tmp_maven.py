import base64, time, os, json
from pathlib import Path
from collections import Counter
from tests.support.world import open_world
D=Path('/work/shared/data/maven_crm'); X=Path('/work/main/docs/examples')
async def test_maven(database, tmp_path):
    async with open_world(database, tmp_path, ["opportunities"]) as world:
        from services.opportunities.handlers.bootstrap import FIRST_OPERATOR
        async def run(kind, file, mapping):
            h=world.headers(FIRST_OPERATOR)|{"Content-Type":"application/octet-stream","Import-Mapping":base64.b64encode((X/mapping).read_bytes()).decode()}
            r=await world["opportunities"].api.post(f"/imports/{kind}", content=(D/file).read_bytes(), headers=h)
            assert r.status_code==202, r.text
            t=time.perf_counter()
            n=await world["opportunities"].fire()
            dt=time.perf_counter()-t
            r=await world["opportunities"].api.get(f"/imports/{r.json()['id']}", headers=world.headers(FIRST_OPERATOR))
            j=r.json(); print(kind, round(dt,2), {k:j[k] for k in ('state','rows','created','updated','unchanged','duplicate','rejected','problem')}, round(j['rows']/dt), 'rows/s')
            return j
        await run("directory","sales_teams.csv","maven_crm_directory.yaml")
        await run("products","products.csv","maven_crm_products.yaml")
        await run("opportunities","sales_pipeline.csv","maven_crm_opportunities.yaml")
        t=time.perf_counter(); await world.settle(); print('settle', time.perf_counter()-t)
        n=len(world.log.events())
        await run("opportunities","sales_pipeline.csv","maven_crm_opportunities.yaml")
        await world.settle(); print(n, len(world.log.events()))
        ev=[json.loads(e.payload) for e in world.log.events("opportunity.recorded.v1")]
        print(Counter(e['stage'] for e in ev), sum(float(e['facts']['amount']) for e in ev if e['status']=='won'), sum(e['facts']['customer_id'] is None for e in ev), sum(float(e['facts']['list_value']) for e in ev))
