"""Products over HTTP."""

from uuid import UUID

from fastapi import Response

from services.opportunities.domain.product import Product
from services.opportunities.handlers import product as handlers
from services.opportunities.queries import directory as queries
from services.opportunities.routes.shown import found
from services.opportunities.schemas.fields import sent
from services.opportunities.schemas.product import NewProduct, ProductChanges, ProductOut
from shared.ids import external_id, new_id
from shared.web import EVERYBODY, IfMatch, Now, Page, PageParams, Tx, allow, door, etag

router = door.router(prefix="/products", tags=["directory"])


@router.get("", response_model=Page[ProductOut], dependencies=[allow(*EVERYBODY)])
async def list_products(tx: Tx, page: PageParams, active: bool | None = None) -> Page[ProductOut]:
    """What can be sold, the newest first."""
    products = await queries.products(tx, page, active=active)
    return page.page(products, sort=lambda product: (product.created_at, product.id))


@router.get("/{product_id}", response_model=ProductOut, dependencies=[allow(*EVERYBODY)])
async def get_product(product_id: UUID, tx: Tx, response: Response) -> ProductOut:
    """One product."""
    product = found(await queries.product(tx, product_id))
    etag(response, product.sequence)
    return product


@router.post("", status_code=201, response_model=ProductOut, dependencies=[allow("operator")])
async def add_product(body: NewProduct, tx: Tx, now: Now) -> ProductOut:
    """Put a product on the list."""
    known = body.external
    wanted = Product(
        id=external_id("product", known.system, known.id) if known else new_id(),
        **{name: getattr(body, name) for name in NewProduct.model_fields},
    )
    product = await handlers.add_product(tx, wanted=wanted, now=now)
    return found(await queries.product(tx, product.id))


@router.patch("/{product_id}", response_model=ProductOut, dependencies=[allow("operator")])
async def change_product(
    product_id: UUID, body: ProductChanges, tx: Tx, now: Now, if_match: IfMatch, response: Response
) -> ProductOut:
    """Change a product; deals keep the list price they were made with."""
    product = await handlers.change_product(
        tx, product_id=product_id, changes=sent(body), if_match=if_match, now=now
    )
    etag(response, product.sequence)
    return found(await queries.product(tx, product_id))
